"""Loads many damaged copies of model files under hard limits; run by test_fuzz_frontends as a process of its own.

    python -m tests.property.fuzz_one SEED CASES FILE...

Ends with 0 when every copy either loaded or raised an EdgegenError. A crash, a memory limit or another exception ends
it differently, with the seed of the case on the last line.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from edgegen.errors import EdgegenError
from edgegen.frontends import load

#: bytes of address space; imports of numpy and onnx take about half of it
ADDRESS_SPACE = 2 << 30
#: seconds that one file may take
PATIENCE = 10.0

_HOSTILE = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to eight damages: bits, bytes, hostile numbers, cuts, copies of one part over another."""
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        if not damaged:
            break
        at = rng.randrange(len(damaged))
        match rng.randrange(6):
            case 0:
                damaged[at] ^= 1 << rng.randrange(8)
            case 1:
                damaged[at] = rng.randrange(256)
            case 2:
                width = rng.choice((1, 2, 4, 8))
                at -= at % width
                number = rng.choice(_HOSTILE) & ((1 << 8 * width) - 1)
                damaged[at : at + width] = number.to_bytes(width, "little")
            case 3:
                del damaged[at : at + rng.randrange(1, 64)]
            case 4:
                other = rng.randrange(len(damaged))
                length = rng.randrange(1, 64)
                damaged[at : at + length] = damaged[other : other + length]
            case 5 if rng.random() < 0.2:
                del damaged[at:]
    return bytes(damaged)


def main(seed: int, cases: int, files: list[Path]) -> None:
    """Load `cases` damaged copies, the files in turn."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    contents = [file.read_bytes() for file in files]
    loaded = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in range(cases):
            print(f"seed {seed + case}", flush=True)
            file = Path(folder) / "model.bin"
            file.write_bytes(mutated(contents[case % len(contents)], random.Random(seed + case)))
            start = time.monotonic()
            try:
                load(file)
                loaded += 1
            except EdgegenError:
                pass
            if time.monotonic() - start > PATIENCE:
                sys.exit(f"seed {seed + case} took {time.monotonic() - start:.1f} s")
    print(f"{loaded} of {cases} loaded")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
