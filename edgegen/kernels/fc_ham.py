"""fully_connected with Huffman-coded weights (HAM)."""

from __future__ import annotations

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Table
from edgegen.formats.ham import stored_code
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, Reader, named, stored
from edgegen.target import Target


def encoded_with_codes(w: Array) -> tuple[Encoded, Code]:
    """The matrix in format ham, and its code; a single value, which needs no code, is refused."""
    encoded = stored("ham", w)
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


class FullyConnectedHamMulti(CompressedFullyConnected):
    """Up to four weights per lookup, multiplied at once; several lookups per load of the stream.

    bits: of the lookup; its tables have 6 * 2**bits bytes.
    """

    formats = ("ham",)
    template = "fc_ham_multi.c.j2"
    code_bytes = 350

    def __init__(self, bits: int) -> None:
        self.name = f"multi{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target) -> Packed:
        encoded, code = encoded_with_codes(w)
        _, count, _ = code.multi_lookup(self.bits)
        walks = code.longest > self.bits
        # an ideal code makes every window as likely as any other
        per_lookup = float(np.maximum(count, 1).mean())
        each = 15.5 if target.has("dsp") else 45.0
        return Packed(
            (*multi_tables(code, self.bits), *named(encoded, "stream")),
            instructions=w.size / per_lookup * each + 50.0 * w.shape[0],
            params={"walk_above": code.lengths[0] - 1},
            context={"bits": self.bits, "walks": walks, "per_load": 3 if self.bits <= 8 else 2},
            suffix="w" if walks else "",
        )


class FullyConnectedHamLut(CompressedFullyConnected):
    """One weight per lookup of at most `bits` bits, longer codes by walking the canonical code; two per load."""

    formats = ("ham",)
    template = "fc_ham_lut.c.j2"
    code_bytes = 300

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target) -> Packed:
        encoded, code = encoded_with_codes(w)
        reader = Reader.of(code, self.bits)
        return Packed(
            (*reader.tables("value"), *named(encoded, "stream")),
            instructions=w.size * (11.5 + (4.0 + 14.0 * reader.walked if reader.walks else 0.0)) + 20.0 * w.shape[0],
            params={"value_shift": 32 - reader.bits},
            context={"walks": reader.walks},
            suffix="w" if reader.walks else "",
        )


KERNELS = (
    FullyConnectedHamMulti(8),
    FullyConnectedHamMulti(10),
    FullyConnectedHamLut(5),
    FullyConnectedHamLut(8),
    FullyConnectedHamLut(12),
)
