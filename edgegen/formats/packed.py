"""Dense formats of few bits: int4, int2, ternary and binary planes, palette. Every row starts on a byte."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.bitstream import PADDING
from edgegen.formats.common import require_range, shape2
from edgegen.ir import Array


class PackedInt(Format):
    """Two's complement fields of `bits` bits (2 or 4).

    Whole groups of 32 / bits columns are one 32-bit word of four bytes: byte i holds columns i, i + 4, i + 8, .. of
    the group, the first of them in the most significant field. So a mask and shifts turn the word into the four bytes
    of each four neighbouring columns, scaled by 2**(8 - bits), ready for SIMD. The remaining columns follow one after
    another, least significant field first.
    """

    layout = "dense"
    bits: ClassVar[int]

    def encode(self, w: Array) -> Encoded:
        half = 1 << (self.bits - 1)
        require_range(self.name, w, -half, half - 1)
        rows, columns = shape2(w)
        per_byte = 8 // self.bits
        group = 4 * per_byte
        whole = columns // group
        fields = (w.astype(np.int64) & (2 * half - 1)).astype(np.uint8)
        head = fields[:, : whole * group].reshape(rows, whole, per_byte, 4)
        shifts = 8 - self.bits * np.arange(1, per_byte + 1)
        packed = np.bitwise_or.reduce(head << shifts[:, None].astype(np.uint8), axis=2).reshape(rows, whole * 4)
        rest = fields[:, whole * group :]
        rest = np.pad(rest, ((0, 0), (0, -rest.shape[1] % per_byte))).reshape(rows, -1, per_byte)
        tail = np.bitwise_or.reduce(rest << (self.bits * np.arange(per_byte)).astype(np.uint8), axis=2)
        stored = np.hstack((packed, tail)).ravel().astype(np.uint8)
        return Encoded(self.name, (rows, columns), (Table("weights", stored),))

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        per_byte = 8 // self.bits
        group = 4 * per_byte
        data = encoded.table("weights").reshape(rows, -1)
        w = np.zeros(encoded.shape, dtype=np.int64)
        for column in range(columns):
            at, inside = divmod(column, group)
            if column < columns // group * group:
                byte, field = at * 4 + inside % 4, per_byte - 1 - inside // 4
            else:
                byte, field = at * 4 + inside // per_byte, inside % per_byte
            w[:, column] = data[:, byte].astype(np.int64) >> (self.bits * field) & ((1 << self.bits) - 1)
        half = 1 << (self.bits - 1)
        return (w ^ half) - half


class Int4(PackedInt):
    """-8..7 in 4 bits."""

    name, coding, bits = "int4", "s4", 4


class Int2(PackedInt):
    """-2..1 in 2 bits."""

    name, coding, bits = "int2", "s2", 2


class Binary(Format):
    """At most two distinct values: one bit plane; a 1 stands for the larger value. Scalars zero and one: the values.

    Bits are most significant first. y = zero * sum(x) + (one - zero) * (sum of x where the bit is 1).
    """

    name, layout, coding = "binary", "dense", "plane1"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        values = np.unique(w)
        if values.size > 2:
            raise FormatError(f"format binary holds two distinct values, the matrix has {values.size}")
        plane = np.packbits(w == values[-1], axis=1) if values.size == 2 else np.zeros((w.shape[0], 0), dtype=np.uint8)
        scalars = (("zero", int(values[0])), ("one", int(values[-1])))
        return Encoded(self.name, shape2(w), (Table("plane", plane.ravel()),), scalars)

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        zero, one = encoded.scalar("zero"), encoded.scalar("one")
        if zero == one:
            return np.full(encoded.shape, zero, dtype=np.int64)
        bits = np.unpackbits(encoded.table("plane").reshape(rows, -1), axis=1)[:, :columns]
        return np.where(bits == 1, one, zero).astype(np.int64)


class Ternary(Format):
    """-a, 0 and +a: fields of two bits with w / a + 1, four columns to a byte, first lowest. Scalar magnitude: a."""

    name, layout, coding = "ternary", "dense", "trit"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -127, 127)
        rows, columns = shape2(w)
        magnitudes = np.unique(np.abs(w[w != 0].astype(np.int64)))
        if magnitudes.size > 1:
            raise FormatError(f"format ternary holds -a, 0 and a; the magnitudes are {magnitudes[:4].tolist()} ..")
        fields = np.pad(np.sign(w).astype(np.int64) + 1, ((0, 0), (0, -columns % 4))).reshape(rows, -1, 4)
        packed = (fields << 2 * np.arange(4)).sum(axis=2).astype(np.uint8)
        scalars = (("magnitude", int(magnitudes[0]) if magnitudes.size else 0),)
        return Encoded(self.name, (rows, columns), (Table("fields", packed.ravel()),), scalars)

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        data = encoded.table("fields").reshape(rows, -1).astype(np.int64)
        fields = np.stack([data >> shift & 3 for shift in (0, 2, 4, 6)], axis=2).reshape(rows, -1)
        found: Array = (fields[:, :columns] - 1) * encoded.scalar("magnitude")
        return found


class Palette(Format):
    """K <= 256 distinct values: an index of ceil(log2 K) bits per weight into a codebook (index map).

    The codebook is sorted. Indices are most significant bit first; each row starts on a byte. One value: no indices.
    """

    name, layout, coding = "palette", "dense", "index"
    title = "index map"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        codebook, index = np.unique(w, return_inverse=True)
        bits = int(codebook.size - 1).bit_length()
        fields = index.reshape(w.shape).astype(np.uint8)[:, :, None] >> np.arange(bits - 1, -1, -1, dtype=np.uint8) & 1
        packed = np.packbits(fields.reshape(w.shape[0], -1), axis=1).ravel()
        stream = np.concatenate((packed, np.zeros(PADDING if bits else 0, dtype=np.uint8)))
        tables = (Table("codebook", codebook.astype(np.int8)), Table("indices", stream))
        return Encoded(self.name, shape2(w), tables, (("bits", bits),))

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        bits = encoded.scalar("bits")
        codebook = encoded.table("codebook").astype(np.int64)
        if bits == 0:
            return np.full(encoded.shape, codebook[0], dtype=np.int64)
        stride = (columns * bits + 7) // 8
        rows_of_bytes = encoded.table("indices")[: rows * stride].reshape(rows, stride)
        fields = np.unpackbits(rows_of_bytes, axis=1)[:, : columns * bits].reshape(rows, columns, bits)
        index = np.zeros(encoded.shape, dtype=np.int64)
        for place in range(bits):
            index = index << 1 | fields[:, :, place]
        found: Array = codebook[index]
        return found


FORMATS: tuple[Format, ...] = (Int4(), Int2(), Binary(), Ternary(), Palette())
