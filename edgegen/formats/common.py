"""What several formats share: range checks, smallest integer widths, and the row entries of the sparse layouts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.errors import FormatError
from edgegen.ir import Array


def require_range(name: str, w: Array, lo: int, hi: int) -> None:
    """Raise FormatError unless w is a non-empty 2-D matrix with every entry in lo..hi."""
    if w.ndim != 2 or w.size == 0:
        raise FormatError(f"format {name} stores 2-D matrices with at least one entry, this one is {w.shape}")
    least, most = int(w.min()), int(w.max())
    if least < lo or most > hi:
        raise FormatError(f"format {name} holds {lo}..{hi}, the matrix {least}..{most}")


def shape2(w: Array) -> tuple[int, int]:
    """(rows, columns) as plain integers."""
    return int(w.shape[0]), int(w.shape[1])


def smallest_unsigned(values: Array) -> Array:
    """The values (0 and more) in the narrowest of uint8, uint16 and uint32 that holds the largest."""
    largest = int(values.max()) if values.size else 0
    for dtype in (np.uint8, np.uint16, np.uint32):
        if largest <= np.iinfo(dtype).max:
            return values.astype(dtype)
    raise FormatError(f"a table entry of {largest} does not fit 32 bits")


@dataclass(frozen=True, eq=False)
class Entries:
    """The stored elements of a sparse matrix, row after row.

    counts: entries per row (rows,). gaps: columns skipped since the previous entry of the row, 0..max_gap. values: the
    element; 0 marks a padding entry, which only moves the position on where a gap is longer than max_gap.
    """

    counts: Array
    gaps: Array
    values: Array


def gap_entries(w: Array, max_gap: int) -> Entries:
    """The non-zeros of w as (gap, value) entries; a longer gap is preceded by padding entries (max_gap, 0)."""
    rows, columns = np.nonzero(w)
    previous = np.concatenate(([-1], columns[:-1]))
    starts = np.concatenate(([True], rows[1:] != rows[:-1])) if rows.size else np.zeros(0, dtype=bool)
    gaps = columns - np.where(starts, -1, previous[: rows.size]) - 1
    pads = gaps // (max_gap + 1)
    last = np.cumsum(pads + 1) - 1
    total = int(last[-1]) + 1 if rows.size else 0
    all_gaps = np.full(total, max_gap, dtype=np.int64)
    all_values = np.zeros(total, dtype=np.int64)
    all_gaps[last] = gaps % (max_gap + 1)
    all_values[last] = w[rows, columns]
    counts = np.bincount(rows, weights=pads + 1, minlength=w.shape[0]).astype(np.int64)
    return Entries(counts, all_gaps, all_values)


def place_entries(entries: Entries, shape: tuple[int, int]) -> Array:
    """The matrix that holds these entries and zeros elsewhere."""
    w = np.zeros(shape, dtype=np.int64)
    at = 0
    for row, count in enumerate(entries.counts.tolist()):
        column = -1
        for _ in range(count):
            column += int(entries.gaps[at]) + 1
            w[row, column] = entries.values[at]
            at += 1
    return w
