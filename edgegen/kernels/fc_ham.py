"""fully_connected with Huffman-coded weights (HAM)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Table
from edgegen.formats.bitstream import windows
from edgegen.formats.ham import stored_code
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels import huffman_rows
from edgegen.kernels.fc_common import CodedFullyConnected, Packed, Reader, named, stored
from edgegen.kernels.huffman_rows import multi_built, opened, work_bytes
from edgegen.target import Target


def encoded_with_codes(w: Array, shared: Code | None = None) -> tuple[Encoded, Code]:
    """The matrix in format ham, and its code; a single value, which needs no code, is refused.

    shared: a code that several layers have in common, which holds every value of w.
    """
    encoded = stored("ham", w, shared)
    code = stored_code(encoded, "value")
    if not code.longest:
        raise FormatError("the matrix holds a single value and has no codes to read; format binary holds it")
    return encoded, code


def multi_tables(code: Code, bits: int) -> tuple[Table, Table, Table, Table]:
    """What a decoder of up to four codes per lookup of `bits` bits reads (SPEC.md, lookup tables)."""
    index, count, used = code.multi_lookup(bits)
    symbols = np.asarray(code.symbols, dtype=np.int64) & 255
    valid = np.arange(4) < count[:, None]
    words = (np.where(valid, symbols[index], 0) << (8 * np.arange(4))).sum(axis=1)
    every = Reader.walk_of(code, code.lengths[0] - 1)
    return (
        Table("multi_weights", words.astype(np.uint32)),
        Table("multi_meta", (used | count << 8).astype(np.uint16)),
        Table("value_walk", every),
        Table("value_symbols", symbols.astype(np.uint8)),
    )


class FullyConnectedHam(CodedFullyConnected):
    """What the kernels of this format share."""

    formats = shared_formats = ("ham",)


class FullyConnectedHamMulti(FullyConnectedHam):
    """Up to four weights per lookup, multiplied at once; several lookups per load of the stream.

    bits: of the lookup; its tables have 6 * 2**bits bytes.
    """

    template = "fc_ham_multi.c.j2"
    code_bytes = 620
    portable = 1.6
    costs: ClassVar[Mapping[str, float]] = {
        "load3": 45.0,
        "load3w": 47.2,
        "load2": 32.1,
        "load2w": 34.1,
        "lookup": 24.0,
        "single": 37.0,
        "step": 6.7,
        "row": 42.0,
    }

    def __init__(self, bits: int) -> None:
        self.name = f"multi{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded, code = encoded_with_codes(w, code)
        walks = code.longest > self.bits
        per_load = 3 if self.bits <= 8 else 2
        return Packed(
            (*multi_tables(code, self.bits), *named(encoded, "stream")),
            work=self.work(w, code, encoded.table("stream"), per_load),
            params={"walk_above": code.lengths[0] - 1},
            context={"bits": self.bits, "walks": walks, "per_load": per_load, "built": False},
            suffix="w" if walks else "",
        )

    def work(self, w: Array, code: Code, stream: Array, per_load: int) -> dict[str, float]:
        """Run over the stream as the kernel does."""
        _, counts, used = code.multi_lookup(self.bits)
        at = windows(stream, self.bits)
        count_at, used_at = counts[at].tolist(), used[at].tolist()
        lengths = code.encode(w.ravel())[1].tolist()
        shortest = code.lengths[0]
        position = loads = lookups = singles = steps = index = 0
        for end in range(w.shape[1], w.size + 1, w.shape[1]):
            while index < end:
                if end - index >= 4 * per_load and count_at[position]:
                    loads += 1
                    for _ in range(per_load):
                        index, position = index + count_at[position], position + used_at[position]
                elif end - index >= 4 and count_at[position]:
                    lookups += 1
                    index, position = index + count_at[position], position + used_at[position]
                else:
                    singles, steps = singles + 1, steps + lengths[index] - shortest
                    index, position = index + 1, position + lengths[index]
        load = f"load{per_load}{'w' if code.longest > self.bits else ''}"
        return {load: loads, "lookup": lookups, "single": singles, "step": steps, "row": w.shape[0]}


class FullyConnectedHamBuiltMulti(FullyConnectedHamMulti):
    """The same with tables made in RAM, once per inference, from the stored code: flash holds nothing else."""

    code_bytes = 1100
    costs: ClassVar[Mapping[str, float]] = {**huffman_rows.COSTS, **FullyConnectedHamMulti.costs}

    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.name = f"built{bits}"  # type: ignore[misc]

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded, code = encoded_with_codes(w, code)
        if code.lengths[0] > self.bits:
            raise FormatError(f"the shortest code has {code.lengths[0]} bits, the lookup {self.bits}")
        walks = code.longest > self.bits
        per_load = 3 if self.bits <= 8 else 2
        return Packed(
            named(encoded, "value_lengths", "stream"),
            work=self.work(w, code, encoded.table("stream"), per_load),
            once=multi_built(code, self.bits),
            context={"bits": self.bits, "walks": walks, "per_load": per_load, "built": True},
            suffix="w" if walks else "",
            workspace=(6 << self.bits) + work_bytes(code),
            runtime=("eg_huffman.h",),
        )


class FullyConnectedHamBuilt(FullyConnectedHam):
    """One weight per lookup, in a table made in RAM once per inference; two per load of the stream.

    bits: of the lookup, which has 4 * 2**bits bytes.
    """

    template = "fc_ham_built.c.j2"
    code_bytes = 950
    portable = 1.5
    costs: ClassVar[Mapping[str, float]] = {
        **huffman_rows.COSTS,
        "weight": 8.25,
        "weight or longer": 8.75,
        "last": 30.0,
        "longer": 60.0,
        "row": 40.0,
        "wide slot": 2.0,
    }

    def __init__(self, bits: int) -> None:
        self.name = f"built_lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded, code = encoded_with_codes(w, code)
        if code.lengths[0] > self.bits:
            raise FormatError(f"the shortest code has {code.lengths[0]} bits, the lookup {self.bits}")
        lengths, walks = code.encode(w.ravel())[1], code.longest > self.bits
        return Packed(
            named(encoded, "value_lengths", "stream"),
            work={
                "weight or longer" if walks else "weight": w.size,
                "last": w.shape[0] * (w.shape[1] % 4),
                "longer": int((lengths > self.bits).sum()),
                "row": w.shape[0],
            },
            once={"wide slot": 1 << self.bits, **opened(code)},
            context={"bits": self.bits, "walks": walks},
            suffix="w" if walks else "",
            workspace=(4 << self.bits) + work_bytes(code),
            runtime=("eg_huffman.h",),
        )


class FullyConnectedHamLut(FullyConnectedHam):
    """One weight per lookup of at most `bits` bits, longer codes by walking the canonical code; two per load."""

    template = "fc_ham_lut.c.j2"
    code_bytes = 640
    costs: ClassVar[Mapping[str, float]] = {"weight": 11.0, "test": 2.53, "walk": 16.0, "step": 5.5, "row": 46.0}

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded, code = encoded_with_codes(w, code)
        reader = Reader.of(code, self.bits)
        return Packed(
            (*reader.tables("value"), *named(encoded, "stream")),
            work={"weight": w.size, "row": w.shape[0], **reader.work(code.encode(w.ravel())[1])},
            params={"value_shift": 32 - reader.bits},
            context={"walks": reader.walks},
            suffix="w" if reader.walks else "",
        )


KERNELS = (
    FullyConnectedHamMulti(8),
    FullyConnectedHamMulti(10),
    FullyConnectedHamBuiltMulti(8),
    FullyConnectedHamBuiltMulti(10),
    FullyConnectedHamBuilt(10),
    FullyConnectedHamBuilt(12),
    FullyConnectedHamLut(5),
    FullyConnectedHamLut(8),
    FullyConnectedHamLut(12),
)
