"""The compilers that generated code must please, and small programs around it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgegen.verify.toolchain import STRICT_FLAGS

ARM = ("arm-none-eabi-gcc", "-mthumb")
#: name -> compiler with the flags that choose a machine
COMPILERS: Mapping[str, tuple[str, ...]] = {
    "gcc": ("gcc",),
    "clang": ("clang",),
    "cortex-m0": (*ARM, "-mcpu=cortex-m0"),
    "cortex-m4": (*ARM, "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
    "cortex-m55": (*ARM, "-mcpu=cortex-m55", "-mfloat-abi=hard"),
}
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g")


def run(words: Sequence[str | Path], cwd: Path) -> str:
    """Standard output of a command that must succeed; else its whole output in the failure."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def unpack(files: Mapping[str, bytes], folder: Path) -> Path:
    """Generated files in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def compile_strictly(compiler: str, folder: Path, source: str, obj: str, *more: str) -> Path:
    """One object under the strict flags; sizes -O2 as the targets have it."""
    words = [*COMPILERS[compiler], *STRICT_FLAGS, "-O2", *more, "-I.", "-Iselftest", "-c", source, "-o", obj]
    run(words, folder)
    return folder / obj


def selftest_program(prefix: str, folder: Path, *flags: str) -> Path:
    """A host program whose exit status says whether the self-test passed (0) or not (1)."""
    main = f'#include "{prefix}_selftest.h"\nint main(void) {{ return {prefix}_selftest() == 0U ? 0 : 1; }}\n'
    (folder / "main.c").write_text(main)
    sources = [f"{prefix}.c", f"selftest/{prefix}_selftest.c", "main.c"]
    run(["gcc", *STRICT_FLAGS, "-O1", *flags, "-I.", "-Iselftest", *sources, "-o", "selftest_host"], folder)
    return folder / "selftest_host"
