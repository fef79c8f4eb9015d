"""How rows of Huffman-coded weights are decoded into RAM: the lookup that is built there, and what both cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from edgegen.formats.bitstream import windows
from edgegen.formats.huffman import LIMIT, Code
from edgegen.ir import Array

#: lookups that are tried, in bits; those of up to THREE_BITS are made three per load of the stream, others two
LOOKUPS = (5, 6, 7, 8, 9, 10)
THREE_BITS = 8
#: most codes in an entry
MOST = 4
#: weights that a simulation decodes; the rest of a matrix is taken to be like them
SAMPLE = 8192
#: instructions on a Cortex-M4 of what Decoding and opened count, fitted to runs in QEMU
COSTS: Mapping[str, float] = {
    "load2": 19.5,
    "load3": 26.5,
    "tail": 23.0,
    "lookup": 28.0,
    "long code": 48.0,
    "row": 32.0,
    "node": 31.0,
    "slot": 5.6,
    "length": 13.4,
    "symbol": 5.6,
    "code": 240.0,
    "single slot": 1.3,
    "single symbol": 18.5,
    "single row": 11.0,
    "weight": 8.0,
    "last": 10.7,
}


def cost(work: Mapping[str, float]) -> float:
    """Predicted instructions."""
    return sum(COSTS[kind] * count for kind, count in work.items())


def opened(code: Code) -> dict[str, float]:
    """Work of unpacking a stored code."""
    table = code.stored
    return {"length": float(table[0] or table[1]) + 1, "symbol": len(code.symbols), "code": 1.0}


def multi_built(code: Code, bits: int) -> dict[str, float]:
    """Work of making a lookup of up to four codes."""
    return {"node": float(nodes(code, bits)), "slot": float(1 << bits), **opened(code)}


def single_built(code: Code, bits: int) -> dict[str, float]:
    """Work of making a lookup of single codes."""
    held = sum(length <= bits for length in code.lengths)
    return {"single slot": float(1 << bits), "single symbol": float(held), **opened(code)}


def work_bytes(code: Code) -> int:
    """RAM of an unpacked code."""
    return 2 * (max(len(code.symbols), 1) + 1)


@dataclass(frozen=True)
class Decoding:
    """A lookup of `bits` bits and the work of building it and of decoding a matrix once with it.

    single: one weight per lookup, which then holds all codes; else up to four.
    """

    bits: int
    work: Mapping[str, float]
    single: bool = False

    @property
    def lookup_bytes(self) -> int:
        """RAM of the lookup."""
        return (2 if self.single else 6) << self.bits


def cheapest(code: Code, w: Array, stream: Array, most_bytes: int | None = None) -> Decoding:
    """The lookup of least predicted instructions in at most most_bytes; the smallest one when none is that small."""
    tried = [_decoding(code, w, stream, bits) for bits in LOOKUPS if code.lengths[0] <= bits]
    tried = tried or [_decoding(code, w, stream, code.lengths[0])]
    tried += [_singly(code, w)] if code.longest <= LIMIT else []
    fitting = [d for d in tried if most_bytes is None or d.lookup_bytes <= most_bytes]
    return min(fitting, key=lambda d: cost(d.work)) if fitting else min(tried, key=lambda d: d.lookup_bytes)


def _singly(code: Code, w: Array) -> Decoding:
    rows, columns = w.shape
    work = {"weight": 4.0 * rows * (columns // 4), "last": float(rows * (columns % 4)), "single row": float(rows)}
    return Decoding(code.longest, {**single_built(code, code.longest), **work}, single=True)


def _decoding(code: Code, w: Array, stream: Array, bits: int) -> Decoding:
    rows, columns = w.shape
    sample = max(1, min(rows, SAMPLE // columns))
    lengths = code.encode(w[:sample].ravel())[1]
    near = stream[: int(lengths.sum()) // 8 + 12]
    per_row = _run(code, lengths.tolist(), near, bits, columns)
    return Decoding(bits, {**multi_built(code, bits), **{kind: n * rows / sample for kind, n in per_row.items()}})


def _run(code: Code, lengths: list[int], stream: Array, bits: int, columns: int) -> dict[str, float]:
    """What eg_huffman_row does with these codes (of whole rows)."""
    _, counts, used = code.multi_lookup(bits, MOST)
    at = windows(stream, bits)
    count_at, used_at = counts[at].tolist(), used[at].tolist()
    work = dict.fromkeys(("load2", "load3", "tail", "lookup", "long code"), 0.0)
    position = index = 0
    for end in range(columns, len(lengths) + 1, columns):
        while index < end:
            kind, loads, lookups = "load3", 2, 3
            if bits > THREE_BITS:
                kind, loads, lookups = "load2", 2, 2
            if end - index < 4 * loads * lookups - 8:
                kind, loads, lookups = "tail", 1, 2
            room, moved = (end + 8 - 4 * loads * lookups if loads == 2 else end - 1), 1
            while index <= room and moved:
                work[kind] += loads
                for _ in range(loads * lookups):
                    moved = count_at[position]
                    index, position = index + moved, position + used_at[position]
            if index < end and count_at[position]:
                work["lookup"] += 1
                index, position = index + count_at[position], position + used_at[position]
            elif index < end:
                work["long code"] += 1
                position, index = position + lengths[index], index + 1
    return {"row": float(len(lengths) // columns), **work}


def nodes(code: Code, bits: int) -> int:
    """Rounds of the loop that builds the lookup."""
    lengths = np.bincount(code.lengths).tolist()

    @cache
    def visits(left: int, depth: int) -> int:
        found = 1
        for length, count in enumerate(lengths[: left + 1]):
            deeper = depth + 1 < MOST and left - length >= code.lengths[0]
            found += count * (1 + (visits(left - length, depth + 1) if deeper else 0))
        return found

    return visits(bits, 0)
