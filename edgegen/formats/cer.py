"""CER and CSER (Wiedemann, Mueller, Samek, arXiv 1805.10692): one multiplication per distinct value and row.

Omega lists the distinct values by descending count over the whole matrix, ties by ascending value; Omega[0] is the
mode. Only entries that differ from it are stored, as column indices grouped per row by value:

    dot: c = Omega[0] * sum(x);  acc = c + sum over groups of (sum of x[columns of the group]) * (Omega[v] - Omega[0])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.common import require_range, shape2, smallest_unsigned
from edgegen.ir import Array


def omega_of(w: Array) -> Array:
    """The distinct values of w by descending count, ties by ascending value, int64."""
    values, counts = np.unique(np.asarray(w, dtype=np.int64), return_counts=True)
    return values[np.lexsort((values, -counts))]


def row_groups(w: Array, omega: Array) -> Iterator[list[tuple[int, Array]]]:
    """Per row: (index into omega, ascending columns) of its values other than omega[0], in the order of omega."""
    ascending = np.argsort(omega)
    index = ascending[np.searchsorted(omega[ascending], w)]
    for row in index:
        order = np.argsort(row, kind="stable")
        values = row[order]
        first = int(np.searchsorted(values, 1))
        starts = first + np.flatnonzero(np.diff(values[first:], prepend=0))
        yield list(zip(values[starts].tolist(), np.split(order, starts)[1:], strict=True))


def _column_table(columns: list[Array], width: int) -> Table:
    flat = np.concatenate([*columns, np.zeros(0, dtype=np.int64)])
    dtype = np.uint8 if width <= 256 else np.uint16 if width <= 65536 else np.uint32
    return Table("columns", flat.astype(dtype))


def _omega_table(omega: Array) -> Table:
    """omega[0] itself, then the differences to it: int16, or int32 where they do not fit."""
    stored = np.concatenate((omega[:1], omega[1:] - omega[0]))
    fits = bool(np.abs(stored).max() < 1 << 15)
    return Table("omega", stored.astype(np.int16 if fits else np.int32))


class Cer(Format):
    """Omega[K], columns[nn], segments[S + 1], rows[m + 1].

    In a row the groups come in the order of Omega from Omega[1]; a value that is absent but followed by a present one
    has an empty segment, trailing absent values have none. rows indexes segments, segments indexes columns.
    """

    name, layout, coding = "cer", "cer", "raw"
    title = "CER"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -(1 << 15), (1 << 15) - 1)
        omega = omega_of(w)
        columns: list[Array] = []
        segments, rows = [0], [0]
        for found in row_groups(w, omega):
            last = 0
            for v, group in found:
                segments.extend([segments[-1]] * (v - 1 - last))
                segments.append(segments[-1] + group.size)
                columns.append(group)
                last = v
            rows.append(len(segments) - 1)
        tables = (
            _omega_table(omega),
            _column_table(columns, w.shape[1]),
            Table("segments", smallest_unsigned(np.asarray(segments))),
            Table("rows", smallest_unsigned(np.asarray(rows))),
        )
        return Encoded(self.name, shape2(w), tables)

    def decode(self, encoded: Encoded) -> Array:
        omega, columns = encoded.table("omega").astype(np.int64), encoded.table("columns")
        segments, rows = encoded.table("segments").tolist(), encoded.table("rows").tolist()
        w = np.full(encoded.shape, omega[0], dtype=np.int64)
        for row in range(encoded.shape[0]):
            for v, segment in enumerate(range(rows[row], rows[row + 1]), start=1):
                w[row, columns[segments[segment] : segments[segment + 1]]] += omega[v]
        return w


class Cser(Format):
    """As CER without empty segments: each group carries the index of its value (table groups)."""

    name, layout, coding = "cser", "cser", "raw"
    title = "CSER"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -(1 << 15), (1 << 15) - 1)
        omega = omega_of(w)
        columns: list[Array] = []
        groups: list[int] = []
        rows = [0]
        for found in row_groups(w, omega):
            for v, group in found:
                groups.append(v)
                columns.append(group)
            rows.append(len(groups))
        segments = np.cumsum([0] + [group.size for group in columns])
        tables = (
            _omega_table(omega),
            _column_table(columns, w.shape[1]),
            Table("groups", smallest_unsigned(np.asarray(groups, dtype=np.int64))),
            Table("segments", smallest_unsigned(segments)),
            Table("rows", smallest_unsigned(np.asarray(rows))),
        )
        return Encoded(self.name, shape2(w), tables)

    def decode(self, encoded: Encoded) -> Array:
        omega, columns = encoded.table("omega").astype(np.int64), encoded.table("columns")
        groups, segments = encoded.table("groups").tolist(), encoded.table("segments").tolist()
        rows = encoded.table("rows").tolist()
        w = np.full(encoded.shape, omega[0], dtype=np.int64)
        for row in range(encoded.shape[0]):
            for group in range(rows[row], rows[row + 1]):
                w[row, columns[segments[group] : segments[group + 1]]] += omega[groups[group]]
        return w


class CserMcu(Format):
    """CSER to be read in one go on a microcontroller: no Omega, no pointers.

    counts: groups per row. groups: uint16 = (value - mode) & 255 | length << 8, a group of more than 255 columns
    repeats. columns: uint8 or uint16 as the width of the matrix needs; or, where every gap inside a group is at most
    255 and that is narrower, uint8 gaps (column - previous column of the group - 1). Scalars mode and gaps (0 or 1).
    """

    name, layout, coding = "cser_mcu", "cser", "raw8"
    title = "CSER, MCU form"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        omega = omega_of(w)
        difference = omega - omega[0]
        if difference.min() < -128 or difference.max() > 127:
            raise FormatError(
                f"format cser_mcu holds values within -128..127 of the mode {int(omega[0])}, "
                f"the matrix {int(omega.min())}..{int(omega.max())}; format cser holds it"
            )
        columns: list[Array] = []
        groups: list[int] = []
        counts = np.zeros(w.shape[0], dtype=np.int64)
        for index, found in enumerate(row_groups(w, omega)):
            for v, group in found:
                parts = [group[at : at + 255] for at in range(0, group.size, 255)]
                groups.extend(int(difference[v]) & 255 | part.size << 8 for part in parts)
                columns.extend(parts)
                counts[index] += len(parts)
        gaps = [np.diff(group, prepend=-1) - 1 for group in columns]
        as_gaps = w.shape[1] > 256 and all(int(gap.max()) <= 255 for gap in gaps)
        tables = (
            Table("counts", smallest_unsigned(counts)),
            Table("groups", np.asarray(groups, dtype=np.uint16)),
            _column_table(gaps, 256) if as_gaps else _column_table(columns, w.shape[1]),
        )
        return Encoded(self.name, shape2(w), tables, (("mode", int(omega[0])), ("gaps", int(as_gaps))))

    def decode(self, encoded: Encoded) -> Array:
        groups, columns = encoded.table("groups").tolist(), encoded.table("columns").astype(np.int64)
        w = np.full(encoded.shape, encoded.scalar("mode"), dtype=np.int64)
        group = at = 0
        for row, count in enumerate(encoded.table("counts").tolist()):
            for entry in groups[group : group + count]:
                length = entry >> 8
                where = columns[at : at + length]
                if encoded.scalar("gaps"):
                    where = np.cumsum(where + 1) - 1
                w[row, where] += ((entry & 255) ^ 128) - 128
                at += length
            group += count
        return w


FORMATS: tuple[Format, ...] = (Cer(), Cser(), CserMcu())
