"""tANS (Duda, arXiv 1311.2540): table-driven asymmetric numeral system over all weights, close to their entropy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.bitstream import pack, windows
from edgegen.formats.common import require_range, shape2
from edgegen.ir import Array

#: sizes tried, as powers of two; the decode table has 4 << bits bytes
TABLE_BITS = (10, 11)


def normalise(counts: Array, size: int) -> Array:
    """Shares of a table of `size` states, at least 1 each, close to the counts: greedy on the cost in bits."""
    if counts.size > size:
        raise FormatError(f"{counts.size} symbols do not fit a table of {size} states")
    shares: Array = np.maximum(1, np.floor(counts * size / counts.sum())).astype(np.int64)
    while int(shares.sum()) != size:
        step = 1 if int(shares.sum()) < size else -1
        gain = np.abs(counts * np.log2((shares + step) / shares, where=shares + step > 0, out=np.zeros(counts.size)))
        if step > 0:
            shares[int(np.argmax(gain))] += 1
        else:
            shares[int(np.argmin(np.where(shares > 1, gain, np.inf)))] -= 1
    return shares


@dataclass(frozen=True, eq=False)
class StateTable:
    """For state s in 0..2**bits - 1: emit symbol index symbol[s], read used[s] bits b, go to base[s] + b."""

    symbol: Array
    used: Array
    base: Array

    @classmethod
    def for_shares(cls, shares: Array, bits: int) -> StateTable:
        """Symbols are spread by a fixed odd step through the states, in their order."""
        size = 1 << bits
        symbol = np.zeros(size, dtype=np.int64)
        step = (size >> 1) + (size >> 3) + 3
        symbol[np.arange(size) * step % size] = np.repeat(np.arange(shares.size), shares)
        rank = np.zeros(size, dtype=np.int64)
        for index in range(shares.size):
            rank[symbol == index] = np.arange(shares[index])
        number = shares[symbol] + rank
        used = bits - (np.frexp(number)[1].astype(np.int64) - 1)
        return cls(symbol, used, (number << used) - size)


def _stream_bytes(counts: Array, bits: int) -> int:
    """Bytes of a stream with these counts of symbols and 2**bits states, but for a byte or two."""
    return int((counts * (bits - np.log2(normalise(counts, 1 << bits)))).sum() / 8)


class Tans(Format):
    """One state over the whole matrix, row after row; encoded backwards, decoded forwards.

    symbols: int8, ascending. shares: uint16, their states out of 2**bits. Scalars bits and state, the first state.
    """

    name, layout, coding = "tans", "dense", "tans"
    title = "tANS"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        _, counts = np.unique(w, return_counts=True)
        return self.encode_as(w, min(TABLE_BITS, key=lambda bits: _stream_bytes(counts, bits)))

    def encode_as(self, w: Array, bits: int) -> Encoded:
        """With a table of 2**bits states."""
        symbols, index, counts = np.unique(w, return_inverse=True, return_counts=True)
        shares = normalise(counts, 1 << bits)
        table = StateTable.for_shares(shares, bits)
        size = 1 << bits
        # states of each symbol in rank order: state of rank k is entered from numbers shares + k
        states = [np.flatnonzero(table.symbol == i).tolist() for i in range(symbols.size)]
        share = shares.tolist()
        top = [bits - (n.bit_length() - 1) for n in share]
        fields: list[int] = []
        lengths: list[int] = []
        state = 0
        for i in reversed(index.ravel().tolist()):
            number, n = state + size, share[i]
            used = top[i] if number >> top[i] >= n else top[i] - 1
            fields.append(number & ((1 << used) - 1))
            lengths.append(used)
            state = states[i][(number >> used) - n]
        tables = (
            Table("symbols", symbols.astype(np.int8)),
            Table("shares", shares.astype(np.uint16)),
            Table("stream", pack(np.asarray(fields[::-1]), np.asarray(lengths[::-1]))),
        )
        return Encoded(self.name, shape2(w), tables, (("bits", bits), ("state", state)))

    def decode(self, encoded: Encoded) -> Array:
        table = StateTable.for_shares(encoded.table("shares").astype(np.int64), bits_of(encoded))
        symbol = encoded.table("symbols").astype(np.int64)[table.symbol].tolist()
        used, base = table.used.tolist(), table.base.tolist()
        ahead = windows(encoded.table("stream"), bits_of(encoded)).tolist()
        skip = [bits_of(encoded) - n for n in used]
        state, at = encoded.scalar("state"), 0
        values: list[int] = []
        for _ in range(encoded.shape[0] * encoded.shape[1]):
            values.append(symbol[state])
            here = state
            state = base[here] + (ahead[at] >> skip[here])
            at += used[here]
        return np.asarray(values, dtype=np.int64).reshape(encoded.shape)


def bits_of(encoded: Encoded) -> int:
    """log2 of the number of states."""
    return encoded.scalar("bits")


FORMATS: tuple[Format, ...] = (Tans(),)
