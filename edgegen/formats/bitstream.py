"""Bit streams: most significant bit of each byte first, followed by zero bytes that a decoder may look ahead into."""

from __future__ import annotations

import numpy as np

from edgegen.errors import FormatError
from edgegen.ir import Array

#: zero bytes after every stream: a decoder loads 32 bits at a time, at most two loads ahead
PADDING = 8


def pack(codes: Array, lengths: Array) -> Array:
    """Concatenate codes[i], lengths[i] bits each (0..32, most significant first), as uint8, PADDING included."""
    lengths = np.asarray(lengths, dtype=np.int64)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if lengths.size else 0
    below = np.repeat(ends, lengths) - 1 - np.arange(total)
    bits = (np.repeat(np.asarray(codes, dtype=np.int64), lengths) >> below) & 1
    return np.concatenate((np.packbits(bits.astype(np.uint8)), np.zeros(PADDING, dtype=np.uint8)))


def windows(stream: Array, bits: int) -> Array:
    """The next `bits` bits (0..24) at every bit position of the stream, as unsigned numbers; zeros follow its end."""
    padded = np.concatenate((np.asarray(stream, dtype=np.uint8), np.zeros(4, dtype=np.uint8))).astype(np.int64)
    words = padded[:-4] << 24 | padded[1:-3] << 16 | padded[2:-2] << 8 | padded[3:-1]
    shifts = 32 - bits - np.arange(8)
    found: Array = (words[:, None] >> shifts & ((1 << bits) - 1)).ravel()
    return found


class BitReader:
    """Reads a stream bit by bit; raises FormatError at its end (padding included)."""

    def __init__(self, stream: Array) -> None:
        self._bits: list[int] = np.unpackbits(np.asarray(stream, dtype=np.uint8)).tolist()
        self._at = 0

    def bit(self) -> int:
        """The next bit."""
        if self._at >= len(self._bits):
            raise FormatError(f"bit stream of {len(self._bits)} bits ends inside a code")
        value = self._bits[self._at]
        self._at += 1
        return value

    def bits(self, count: int) -> int:
        """The next count bits as an unsigned number, most significant first."""
        value = 0
        for _ in range(count):
            value = value << 1 | self.bit()
        return value
