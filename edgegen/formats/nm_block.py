"""N:M structured sparsity: in every group of M neighbouring columns at most N weights are not zero."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.common import require_range, shape2
from edgegen.ir import Array


class Pattern(NamedTuple):
    """At most n non-zeros in every m columns; bits: of a stored place within the group."""

    n: int
    m: int
    bits: int

    def row_bytes(self, columns: int) -> int:
        """Of a stored row: places, values padded to whole words, and the columns after the last group."""
        kept = columns // self.m * self.n
        return (kept * self.bits + 7) // 8 + (kept + 3) // 4 * 4 + columns % self.m


#: what there is, the cheapest for many columns first
PATTERNS = (Pattern(1, 8, 4), Pattern(1, 4, 2), Pattern(2, 8, 4), Pattern(2, 4, 2), Pattern(4, 8, 4))


def smallest_pattern(w: Array) -> Pattern:
    """The pattern that stores w (rows, columns) in the fewest bytes; FormatError when none holds it."""
    rows, columns = shape2(w)
    worst = {}
    for m in sorted({pattern.m for pattern in PATTERNS}):
        groups = (w[:, : columns // m * m] != 0).reshape(rows, -1, m).sum(axis=2)
        worst[m] = int(groups.max()) if groups.size else 0
    holding = [pattern for pattern in PATTERNS if worst[pattern.m] <= pattern.n]
    if holding:
        return min(holding, key=lambda pattern: pattern.row_bytes(columns))
    found = ", ".join(f"{worst[m]} in some {m} columns" for m in worst)
    kinds = ", ".join(f"{p.n}:{p.m}" for p in PATTERNS)
    raise FormatError(f"format nm_block holds {kinds}; the matrix has {found}")


def pattern_of(encoded: Encoded) -> Pattern:
    """The pattern in which a matrix is stored."""
    n, m = encoded.scalar("kept"), encoded.scalar("group")
    return next(pattern for pattern in PATTERNS if (pattern.n, pattern.m) == (n, m))


def swap_middle(values: Array) -> Array:
    """(rows, 4 k) bytes with the middle two of every four exchanged."""
    words = values.reshape(values.shape[0], -1, 4)[:, :, [0, 2, 1, 3]]
    return words.reshape(values.shape)


class NmBlock(Format):
    """The n weights of every whole group of m columns, and their places in it; scalars kept (n) and group (m).

    places: fields of 2 bits (m = 4) or 4 bits (m = 8), least significant first, each row starting on a byte; rising
    within a group. values: int8 in the same order, the middle two of every four exchanged, each row a multiple of
    four. A group with fewer non-zeros stores zeros as well. tail: the last columns % m columns, dense.
    """

    name, layout, coding = "nm_block", "block", "raw8"
    title = "N:M"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        return self.encode_as(w, smallest_pattern(w))

    def encode_as(self, w: Array, pattern: Pattern) -> Encoded:
        """With this pattern, which must hold w."""
        n, m, bits = pattern
        rows, columns = shape2(w)
        groups = w[:, : columns // m * m].reshape(rows, columns // m, m)
        # non-zeros first, each part in the order of columns; then the n places that are stored, rising
        order = np.argsort(groups == 0, axis=2, kind="stable")[:, :, :n]
        at = np.sort(order, axis=2)
        values = np.take_along_axis(groups, at, axis=2).reshape(rows, -1)
        places = at.reshape(rows, -1)
        per_byte = 8 // bits
        values = np.pad(values, ((0, 0), (0, -values.shape[1] % 4)))
        fields = np.pad(places, ((0, 0), (0, -places.shape[1] % per_byte))).reshape(rows, -1, per_byte)
        packed = (fields << (bits * np.arange(per_byte))).sum(axis=2)
        tables = (
            Table("places", packed.astype(np.uint8).ravel()),
            Table("values", swap_middle(values).astype(np.int8).ravel()),
            Table("tail", w[:, columns // m * m :].astype(np.int8).ravel()),
        )
        return Encoded(self.name, (rows, columns), tables, (("kept", n), ("group", m)))

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        n, m, bits = pattern_of(encoded)
        stored = columns // m * n
        places = encoded.table("places").reshape(rows, -1)
        values = encoded.table("values").reshape(rows, -1)
        tail = encoded.table("tail").reshape(rows, columns % m)
        w = np.zeros(encoded.shape, dtype=np.int64)
        for row in range(rows):
            for i in range(stored):
                place = int(places[row, i * bits // 8]) >> (i * bits % 8) & ((1 << bits) - 1)
                value = values[row, i // 4 * 4 + (0, 2, 1, 3)[i % 4]]
                w[row, i // n * m + place] = value
        w[:, columns // m * m :] = tail
        return w


FORMATS: tuple[Format, ...] = (NmBlock(),)
