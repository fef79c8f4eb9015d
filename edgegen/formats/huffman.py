"""Canonical, length-limited Huffman codes, and the tables that decoders look codes up in.

Lengths are optimal under the limit: package-merge (Larmore and Hirschberg, 1990). Codes are canonical: sorted by
(length, symbol), each is the previous one plus 1, shifted left where the length grows; so the length of each symbol is
all that has to be stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.bitstream import BitReader, windows
from edgegen.ir import Array

#: longest code by default: costs less than 0.005 bits per weight and keeps two codes within one 32-bit load
LIMIT = 12


def code_lengths(counts: Iterable[int], limit: int = LIMIT) -> list[int]:
    """The lengths of a prefix code of least total cost with no code longer than limit; 0 for a single symbol.

    counts: occurrences, 1 and more, one per symbol. Raises FormatError when 2**limit codes are too few.
    """
    weights = [int(count) for count in counts]
    if len(weights) > 1 << limit:
        raise FormatError(f"{len(weights)} symbols do not fit codes of {limit} bits")
    if len(weights) < 2:
        return [0] * len(weights)
    order = sorted(range(len(weights)), key=lambda i: (weights[i], i))
    leaves = [weights[i] for i in order]
    # levels[d]: the coins of denomination 2**-(limit - d), merged by weight; True marks a leaf, False a package of two
    # coins of the level before. The leaves among any prefix are the lightest ones, so counts are enough to trace back.
    levels: list[list[bool]] = []
    packages: list[int] = []
    for _ in range(limit):
        merged = sorted([(w, 0) for w in leaves] + [(p, 1) for p in packages])
        levels.append([kind == 0 for _, kind in merged])
        packages = [merged[i][0] + merged[i + 1][0] for i in range(0, len(merged) - 1, 2)]
    lengths = [0] * len(weights)
    take = 2 * len(weights) - 2
    for level in reversed(levels):
        chosen = sum(level[:take])
        for i in range(chosen):
            lengths[order[i]] += 1
        take = 2 * (take - chosen)
    return lengths


def _nibbles(values: list[int]) -> list[int]:
    """Two per byte, the lower one first."""
    return [low | high << 4 for low, high in zip(values[::2], [*values[1::2], 0], strict=False)]


@dataclass(frozen=True)
class Code:
    """A canonical code. symbols: in order of (length, symbol); lengths: the length of each, rising."""

    symbols: tuple[int, ...]
    lengths: tuple[int, ...]

    @classmethod
    def for_values(cls, values: Array, limit: int = LIMIT) -> Code:
        """The best code of at most limit bits for these values (any integers)."""
        symbols, counts = np.unique(np.asarray(values, dtype=np.int64), return_counts=True)
        return cls.for_counts(symbols.tolist(), counts.tolist(), limit)

    @classmethod
    def for_counts(cls, symbols: Iterable[int], counts: Iterable[int], limit: int = LIMIT) -> Code:
        """The best code of at most limit bits for symbols that occur so often (1 and more)."""
        pairs = sorted(zip(code_lengths(counts, limit), symbols, strict=True))
        return cls(tuple(int(symbol) for _, symbol in pairs), tuple(length for length, _ in pairs))

    @classmethod
    def of_lengths(cls, lengths: Iterable[tuple[int, int]]) -> Code:
        """From (length, symbol) in any order; a length of 0 stands for no code unless the symbol is the only one."""
        found = list(lengths)
        pairs = sorted(pair for pair in found if pair[0] or len(found) == 1)
        return cls(tuple(symbol for _, symbol in pairs), tuple(length for length, _ in pairs))

    @classmethod
    def from_stored(cls, table: Array, signed: bool) -> Code:
        """From the bytes of `stored`. signed: symbols are -128..127, else 0..255."""
        data = np.asarray(table, dtype=np.int64).tolist()
        more, listed = data[0], data[0] == 0
        numbers = data[2 : 3 + data[1]] if listed else [(data[1] + i) & 255 for i in range(more + 1)]
        nibbles = data[2 + len(numbers) * listed :]
        lengths = [nibbles[i >> 1] >> (4 * (i & 1)) & 15 for i in range(len(numbers))]
        symbols = [number - 256 if signed and number > 127 else number for number in numbers]
        return cls.of_lengths(zip(lengths, symbols, strict=True))

    @property
    def stored(self) -> Array:
        """Lengths as nibbles, of a range of symbols or of a list of them, whichever is shorter (SPEC.md); uint8.

        Symbols are -128..127 or 0..255. A code without symbols is stored as one of the symbol 0. Raises FormatError
        when a code has more than 15 bits.
        """
        if self.longest > 15:
            raise FormatError(f"a stored code has at most 15 bits, this one {self.longest}; give a lower limit")
        lengths = dict(zip(self.symbols, self.lengths, strict=True)) or {0: 0}
        symbols, least = sorted(lengths), min(lengths)
        span = range(least, symbols[-1] + 1)
        listed = [0, len(symbols) - 1, *symbols, *_nibbles([lengths[symbol] for symbol in symbols])]
        ranged = [len(span) - 1, least, *_nibbles([lengths.get(symbol, 0) for symbol in span])]
        best = ranged if len(span) > 1 and len(ranged) <= len(listed) else listed
        return (np.asarray(best, dtype=np.int64) & 255).astype(np.uint8)

    @property
    def longest(self) -> int:
        """Bits of the longest code; 0 when there is nothing to tell apart."""
        return max(self.lengths, default=0)

    @property
    def counts(self) -> Array:
        """Number of codes of 1, 2, ... longest bits, uint16."""
        return np.bincount(self.lengths, minlength=self.longest + 1)[1:].astype(np.uint16)

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """The code of each symbol, in the order of symbols."""
        found: list[int] = []
        code, previous = 0, 0
        for length in self.lengths:
            code <<= length - previous
            found.append(code)
            code, previous = code + 1, length
        return tuple(found)

    def encode(self, values: Array) -> tuple[Array, Array]:
        """(codes, lengths) of the values, each of which must be a symbol."""
        values = np.asarray(values, dtype=np.int64)
        if not values.size:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        symbols = np.asarray(self.symbols, dtype=np.int64)
        at = np.zeros(int(symbols.max() - symbols.min()) + 1, dtype=np.int64)
        at[symbols - symbols.min()] = np.arange(symbols.size)
        at = at[values - symbols.min()]
        return np.asarray(self.codes, dtype=np.int64)[at], np.asarray(self.lengths, dtype=np.int64)[at]

    @cached_property
    def _by_code(self) -> dict[tuple[int, int], int]:
        return {(n, c): i for i, (n, c) in enumerate(zip(self.lengths, self.codes, strict=True))}

    def read_index(self, reader: BitReader) -> int:
        """Index into symbols of the next code, walked bit by bit: the executable specification."""
        length, code = 0, 0
        while (found := self._by_code.get((length, code))) is None:
            if length > self.longest:
                raise FormatError(f"no code of {self.longest} bits and less matches the stream")
            code = code << 1 | reader.bit()
            length += 1
        return found

    def read(self, reader: BitReader) -> int:
        """The next symbol."""
        return self.symbols[self.read_index(reader)]

    def lookup(self, bits: int) -> tuple[Array, Array]:
        """(index into symbols, code length) for every value of the next `bits` bits; (0, 0) where a code is longer."""
        index = np.zeros(1 << bits, dtype=np.int64)
        used = np.zeros(1 << bits, dtype=np.int64)
        for i, (length, code) in enumerate(zip(self.lengths, self.codes, strict=True)):
            if length <= bits:
                span = slice(code << (bits - length), (code + 1) << (bits - length))
                index[span], used[span] = i, length
        return index, used

    def at_every_bit(self, stream: Array) -> tuple[list[int], list[int]]:
        """(index into symbols, code length) of the code that starts at each bit of the stream."""
        index, used = self.lookup(self.longest)
        at = windows(stream, self.longest)
        return index[at].tolist(), used[at].tolist()

    def read_all(self, stream: Array, count: int) -> Array:
        """The first `count` symbols of a stream that holds nothing else."""
        if not self.longest:
            return np.full(count, self.symbols[0] if count else 0, dtype=np.int64)
        index, used = self.at_every_bit(stream)
        found = []
        at = 0
        for _ in range(count):
            found.append(index[at])
            at += used[at]
        return np.asarray(self.symbols, dtype=np.int64)[np.asarray(found, dtype=np.int64)]

    def multi_lookup(self, bits: int, most: int = 4) -> tuple[Array, Array, Array]:
        """Every value of the next `bits` bits -> (indices (2**bits, most), how many, bits they use).

        As many whole codes as fit, at most `most`; none where even the first code is longer than `bits`.
        """
        index, used = self.lookup(bits)
        size = 1 << bits
        found = np.zeros((size, most), dtype=np.int64)
        count = np.zeros(size, dtype=np.int64)
        total = np.zeros(size, dtype=np.int64)
        window = np.arange(size, dtype=np.int64)
        alive = np.ones(size, dtype=bool)
        single = self.longest == 0
        for step in range(most):
            length = used[window]
            alive &= (total + length <= bits) & ((length > 0) | single)
            found[alive, step] = index[window][alive]
            count[alive] += 1
            total[alive] += length[alive]
            window = np.where(alive, (window << length) & (size - 1), window)
        return found, count, total
