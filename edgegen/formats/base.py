"""How a constant weight matrix is stored: a layout (which elements, where) times a coding (how values become bits).

A format is lossless: ``decode(encode(w)) == w`` or encode raises FormatError. Formats see a 2-D integer matrix
(rows = output units, columns = reduction); kernels reshape. Modules of edgegen.formats list their formats in FORMATS.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError, UsageError
from edgegen.ir import Array


@dataclass(frozen=True, eq=False)
class Table:
    """A constant array in flash. values: 1-D, fixed-width integer dtype; align: bytes."""

    name: str
    values: Array
    align: int = 4

    @property
    def nbytes(self) -> int:
        return int(self.values.nbytes)

    @property
    def stored_bytes(self) -> int:
        """Bytes in flash: padded to 4."""
        return (self.nbytes + 3) // 4 * 4

    @cached_property
    def content(self) -> bytes:
        """A digest, equal for tables that are equal in element type, alignment and every entry."""
        return sha256(f"{self.values.dtype.str} {self.align} ".encode() + self.values.tobytes()).digest()


@dataclass(frozen=True, eq=False)
class Encoded:
    """A stored matrix: everything a decoder needs, and nothing else.

    scalars: named integers (code lengths, strides, counts) that a kernel puts into its parameters; 4 bytes each at
    most, counted by kernels, not here.
    """

    format: str
    shape: tuple[int, int]
    tables: tuple[Table, ...]
    scalars: tuple[tuple[str, int], ...] = ()

    @property
    def nbytes(self) -> int:
        """Flash bytes of all tables: streams, code tables, pointers and padding included."""
        return sum(table.nbytes for table in self.tables)

    def table(self, name: str) -> Array:
        """The values of the named table."""
        return next(table.values for table in self.tables if table.name == name)

    def scalar(self, name: str) -> int:
        """The named scalar."""
        return dict(self.scalars)[name]


class Format(ABC):
    """One entry of the catalogue."""

    name: ClassVar[str]
    #: what papers and catalogues call it, where that is not the name
    title: ClassVar[str] = ""
    layout: ClassVar[str]
    coding: ClassVar[str]

    @abstractmethod
    def encode(self, w: Array) -> Encoded:
        """w: (rows, columns) integers (int8 range unless the format says otherwise). Raises FormatError."""

    @abstractmethod
    def decode(self, encoded: Encoded) -> Array:
        """The slow, obvious twin: exactly the matrix that was encoded, as int64."""

    def checked(self, w: Array) -> Encoded:
        """encode, and prove on this very matrix that nothing is lost."""
        encoded = self.encode(w)
        if not np.array_equal(self.decode(encoded), w):
            raise FormatError(f"format {self.name} did not return the {w.shape[0]}x{w.shape[1]} matrix it stored")
        return encoded


@cache
def registry() -> dict[str, Format]:
    """name -> format, alphabetical, from every module of edgegen.formats that defines FORMATS."""
    import edgegen.formats as package

    found: dict[str, Format] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found.update({item.name: item for item in getattr(module, "FORMATS", ())})
    return dict(sorted(found.items()))


def canonical_name(text: str) -> str:
    """The name of the format that is meant by a name or title in any spelling ("gap-sHAM"); other text unchanged."""
    meant = _spelled(text)
    return next((f.name for f in registry().values() if meant in map(_spelled, (f.name, f.title or f.name))), text)


def _spelled(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def get(name: str) -> Format:
    """The named format, or a UsageError that lists what there is."""
    try:
        return registry()[name]
    except KeyError:
        raise UsageError(f"unknown format '{name}'; there are: {', '.join(registry())}") from None
