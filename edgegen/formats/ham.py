"""Huffman address maps (Marino, Ghidoli, Frasca, Malchiodi, arXiv 2007.07967): HAM and sHAM.

A stored code is a table <name>_lengths.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.bitstream import pack
from edgegen.formats.common import Entries, gap_entries, place_entries, require_range, shape2, smallest_unsigned
from edgegen.formats.huffman import LIMIT, Code
from edgegen.ir import Array


def code_table(name: str, code: Code) -> Table:
    """The stored form of a code."""
    return Table(f"{name}_lengths", code.stored)


def stored_code(encoded: Encoded, name: str, signed: bool = True) -> Code:
    """The code that code_table stored."""
    return Code.from_stored(encoded.table(f"{name}_lengths"), signed)


class ValueCoded(Format):
    """A format whose values have a Huffman code, which may be one that several matrices share."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit

    @abstractmethod
    def coded(self, w: Array) -> Array:
        """The values that the code codes, in the order of the stream."""

    @abstractmethod
    def encode(self, w: Array, code: Code | None = None) -> Encoded:
        """code: one that several matrices share and that holds every coded value; by default the best one for w."""

    def code_for(self, values: Array, code: Code | None) -> Code:
        """The given code, or the best one. Raises FormatError when the given one does not hold all values."""
        if code is None:
            return Code.for_values(values, self.limit)
        if missing := set(np.unique(values).tolist()) - set(code.symbols):
            raise FormatError(f"the shared code has no code for {min(missing)}, a value of the matrix")
        return code

    def checked(self, w: Array, code: Code | None = None) -> Encoded:
        """encode, proved lossless on this very matrix."""
        encoded = self.encode(w, code)
        if not np.array_equal(self.decode(encoded), w):
            raise FormatError(f"format {self.name} did not return the {w.shape[0]}x{w.shape[1]} matrix it stored")
        return encoded


class Ham(ValueCoded):
    """One code per weight, zeros included, row after row without breaks; a decoder stops by the number of weights.

    K = 1: no stream. Scalar longest: bits of the longest code.
    """

    name, layout, coding = "ham", "dense", "huffman"
    title = "HAM"

    def coded(self, w: Array) -> Array:
        return w.ravel()

    def encode(self, w: Array, code: Code | None = None) -> Encoded:
        require_range(self.name, w, -128, 127)
        code = self.code_for(w, code)
        stream = pack(*code.encode(w.ravel())) if code.longest else np.zeros(0, dtype=np.uint8)
        tables = (code_table("value", code), Table("stream", stream))
        return Encoded(self.name, shape2(w), tables, (("longest", code.longest),))

    def decode(self, encoded: Encoded) -> Array:
        rows, columns = encoded.shape
        values = stored_code(encoded, "value").read_all(encoded.table("stream"), rows * columns)
        return values.reshape(encoded.shape)


class Sham(ValueCoded):
    """Entries of the non-zeros: raw uint8 gaps (table gaps), one code per value in the stream.

    counts: entries per row. A gap above 255 is preceded by padding entries (255, 0), so 0 is a symbol where they occur.
    """

    name, layout, coding = "sham", "csr", "huffman_value"
    title = "sHAM"

    def coded(self, w: Array) -> Array:
        return gap_entries(w, 255).values

    def encode(self, w: Array, code: Code | None = None) -> Encoded:
        require_range(self.name, w, -128, 127)
        entries = gap_entries(w, 255)
        code = self.code_for(entries.values, code)
        tables = (
            Table("counts", smallest_unsigned(entries.counts)),
            Table("gaps", entries.gaps.astype(np.uint8)),
            code_table("value", code),
            Table("stream", pack(*code.encode(entries.values))),
        )
        return Encoded(self.name, shape2(w), tables, (("longest", code.longest),))

    def decode(self, encoded: Encoded) -> Array:
        gaps = encoded.table("gaps").astype(np.int64)
        values = stored_code(encoded, "value").read_all(encoded.table("stream"), gaps.size)
        return place_entries(Entries(encoded.table("counts").astype(np.int64), gaps, values), encoded.shape)


FORMATS: tuple[Format, ...] = (Ham(), Sham())
