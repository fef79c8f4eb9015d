"""Sparse layouts with raw values: CSR, gap-CSR, bitmap and 1x4 blocks."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.common import Entries, gap_entries, place_entries, require_range, shape2, smallest_unsigned
from edgegen.ir import Array


class Csr(Format):
    """Compressed sparse rows: values int8, columns and row pointers of the narrowest width."""

    name, layout, coding = "csr", "csr", "raw8"
    title = "CSR"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        rows, columns = np.nonzero(w)
        pointers = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=w.shape[0]))))
        column_type = np.uint8 if w.shape[1] <= 256 else np.uint16 if w.shape[1] <= 65536 else np.uint32
        tables = (
            Table("values", w[rows, columns].astype(np.int8)),
            Table("columns", columns.astype(column_type)),
            Table("pointers", smallest_unsigned(pointers)),
        )
        return Encoded(self.name, shape2(w), tables)

    def decode(self, encoded: Encoded) -> Array:
        w = np.zeros(encoded.shape, dtype=np.int64)
        values, columns, pointers = (encoded.table(name) for name in ("values", "columns", "pointers"))
        for row in range(encoded.shape[0]):
            for at in range(int(pointers[row]), int(pointers[row + 1])):
                w[row, columns[at]] = values[at]
        return w


def _pack_nibbles(fields: Array, counts: Array) -> Array:
    """fields (0..15), counts[r] of them in row r -> bytes, low nibble first, each row starting on a byte."""
    starts = np.concatenate(([0], np.cumsum((counts + 1) // 2)))
    within = np.arange(fields.size) - np.repeat(np.cumsum(counts) - counts, counts)
    packed = np.zeros(int(starts[-1]), dtype=np.uint8)
    at = np.repeat(starts[:-1], counts) + within // 2
    np.bitwise_or.at(packed, at, (fields << (4 * (within % 2))).astype(np.uint8))
    return packed


def _unpack_nibbles(packed: Array, counts: Array) -> Array:
    fields: list[int] = []
    at = 0
    for count in counts.tolist():
        for i in range(count):
            fields.append(int(packed[at + i // 2]) >> (4 * (i % 2)) & 15)
        at += (count + 1) // 2
    return np.asarray(fields, dtype=np.int64)


class GapCsr(Format):
    """CSR with the distance to the previous entry in place of the column; the smallest of three forms.

    Scalars gap_bits and value_bits: 8 and 8 (table entries uint16: gap | value << 8), 4 and 8 (table gaps: nibbles,
    table entries int8) or 4 and 4 (table entries uint8: gap | value << 4). counts: entries per row. A gap beyond
    2**gap_bits - 1 is preceded by padding entries (largest gap, value 0).
    """

    name, layout, coding = "gap_csr", "csr", "raw_gap"
    title = "gap-CSR"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        narrow = bool(w.min() >= -8 and w.max() <= 7)
        forms = [(8, 8), (4, 8)] + ([(4, 4)] if narrow else [])
        return min((self.encode_as(w, *form) for form in forms), key=lambda encoded: encoded.nbytes)

    def encode_as(self, w: Array, gap_bits: int, value_bits: int) -> Encoded:
        """One form; the values must fit value_bits."""
        entries = gap_entries(w, (1 << gap_bits) - 1)
        tables = [Table("counts", smallest_unsigned(entries.counts))]
        fields = entries.values & ((1 << value_bits) - 1)
        if gap_bits != value_bits:
            tables.append(Table("gaps", _pack_nibbles(entries.gaps, entries.counts)))
            tables.append(Table("entries", entries.values.astype(np.int8)))
        else:
            dtype = np.uint16 if gap_bits == 8 else np.uint8
            tables.append(Table("entries", (entries.gaps | fields << gap_bits).astype(dtype)))
        return Encoded(self.name, shape2(w), tuple(tables), (("gap_bits", gap_bits), ("value_bits", value_bits)))

    def decode(self, encoded: Encoded) -> Array:
        gap_bits, value_bits = encoded.scalar("gap_bits"), encoded.scalar("value_bits")
        counts = encoded.table("counts").astype(np.int64)
        stored = encoded.table("entries").astype(np.int64)
        if gap_bits != value_bits:
            gaps, values = _unpack_nibbles(encoded.table("gaps"), counts), stored
        else:
            gaps, values = stored & ((1 << gap_bits) - 1), stored >> gap_bits
            sign = 1 << (value_bits - 1)
            values = (values ^ sign) - sign
        return place_entries(Entries(counts, gaps, values), encoded.shape)


class Bitmap(Format):
    """One bit per weight (most significant first, each row starting on a byte) and the non-zeros, int8, in order."""

    name, layout, coding = "bitmap", "bitmap", "raw8"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        tables = (Table("bitmap", np.packbits(w != 0, axis=1).ravel()), Table("values", w[w != 0].astype(np.int8)))
        return Encoded(self.name, shape2(w), tables)

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        bits = np.unpackbits(encoded.table("bitmap").reshape(rows, -1), axis=1)[:, :columns]
        values = iter(encoded.table("values").tolist())
        return np.array([[next(values) if bit else 0 for bit in row] for row in bits.tolist()], dtype=np.int64)


class Block1x4(Format):
    """Blocks of four neighbouring columns of which at least one weight is not zero.

    counts: blocks per row. gaps: blocks skipped, uint8; longer gaps are preceded by zero blocks after a gap of 255.
    blocks: 4 int8 each. The last columns % 4 columns are stored dense, (rows, columns % 4), in tail.
    """

    name, layout, coding = "block_1x4", "block", "raw8"
    title = "1x4 blocks"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        rows, columns = shape2(w)
        blocks = w[:, : columns // 4 * 4].reshape(rows, columns // 4, 4).astype(np.int8)
        used = (blocks != 0).any(axis=2).astype(np.int64)
        entries = gap_entries(used, 255)
        stored = np.zeros((entries.values.size, 4), dtype=np.int8)
        stored[entries.values != 0] = blocks[used != 0]
        tables = (
            Table("counts", smallest_unsigned(entries.counts)),
            Table("gaps", entries.gaps.astype(np.uint8)),
            Table("blocks", stored.ravel()),
            Table("tail", w[:, columns // 4 * 4 :].astype(np.int8).ravel()),
        )
        return Encoded(self.name, (rows, columns), tables)

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        w = np.zeros((rows, columns // 4, 4), dtype=np.int64)
        gaps, blocks = encoded.table("gaps").tolist(), encoded.table("blocks").reshape(-1, 4)
        at = 0
        for row, count in enumerate(encoded.table("counts").tolist()):
            block = -1
            for _ in range(count):
                block += gaps[at] + 1
                w[row, block] = blocks[at]
                at += 1
        tail = encoded.table("tail").reshape(rows, columns % 4).astype(np.int64)
        return np.hstack((w.reshape(rows, -1), tail))


FORMATS: tuple[Format, ...] = (Csr(), GapCsr(), Bitmap(), Block1x4())
