"""Straight-line code: the weights are the instructions of a function that has one multiplication per value and row.

The tables below are what the generator of the code reads; none of them is stored, so the size is that of the machine
code, predicted from counts of instructions on ARMv7-M (measured by a build: docs/formats.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.common import require_range, shape2
from edgegen.ir import Array

#: predicted Thumb-2 bytes: load and add of an element; multiply-add of a group; requantise and store of a row
BYTES_PER_ELEMENT, BYTES_PER_GROUP, BYTES_PER_ROW = 6, 4, 12


@dataclass(frozen=True, eq=False)
class EncodedCode(Encoded):
    """An Encoded whose flash bytes are those of the code, in scalar code_bytes."""

    @property
    def nbytes(self) -> int:
        return self.scalar("code_bytes")


class Code(Format):
    """Per row the columns grouped by magnitude: acc += a * (x[..] + x[..] - x[..]).

    counts: groups per row; groups: (magnitude, length) pairs; columns: int32, column + 1, negative for a weight < 0.
    """

    name, layout, coding = "code", "code", "instructions"
    title = "straight-line code"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        counts = np.zeros(w.shape[0], dtype=np.int64)
        groups: list[tuple[int, int]] = []
        columns: list[Array] = []
        for index, row in enumerate(np.asarray(w, dtype=np.int64)):
            for magnitude in np.unique(np.abs(row[row != 0])).tolist():
                where = np.flatnonzero(np.abs(row) == magnitude)
                columns.append(np.where(row[where] > 0, where + 1, -where - 1))
                groups.append((magnitude, where.size))
                counts[index] += 1
        flat = np.concatenate([*columns, np.zeros(0, dtype=np.int64)])
        size = BYTES_PER_ELEMENT * flat.size + BYTES_PER_GROUP * len(groups) + BYTES_PER_ROW * w.shape[0]
        tables = (
            Table("counts", counts.astype(np.uint16)),
            Table("groups", np.asarray(groups, dtype=np.int32).reshape(-1)),
            Table("columns", flat.astype(np.int32)),
        )
        return EncodedCode(self.name, shape2(w), tables, (("code_bytes", size),))

    def decode(self, encoded: Encoded) -> Array:
        w = np.zeros(encoded.shape, dtype=np.int64)
        groups = encoded.table("groups").reshape(-1, 2).tolist()
        columns = encoded.table("columns").tolist()
        group = at = 0
        for row, count in enumerate(encoded.table("counts").tolist()):
            for magnitude, length in groups[group : group + count]:
                for column in columns[at : at + length]:
                    w[row, abs(column) - 1] = magnitude if column > 0 else -magnitude
                at += length
            group += count
        return w


FORMATS: tuple[Format, ...] = (Code(),)
