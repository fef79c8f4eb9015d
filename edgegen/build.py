"""A compiled model."""

from __future__ import annotations

from dataclasses import dataclass

from edgegen.ir import Array, Graph
from edgegen.planning.plan import Plan
from edgegen.selection.candidates import Options
from edgegen.selection.choose import Choice
from edgegen.target import Target


@dataclass(frozen=True, eq=False)
class TestVectors:
    """Stored checks of a build.

    vectors: (inputs, expected outputs) per vector. checksums: per vector, CRC-32 of every node's expected output.
    """

    __test__ = False

    vectors: tuple[tuple[tuple[Array, ...], tuple[Array, ...]], ...] = ()
    checksums: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Build:
    """A compiled model: the integer graph, what was chosen, where it lies, and every generated file."""

    graph: Graph
    target: Target
    options: Options
    prefix: str
    choices: tuple[Choice, ...]
    plan: Plan
    files: dict[str, bytes]
    #: weights are in <prefix>_weights.bin
    external: bool = False

    @property
    def blob(self) -> str | None:
        """Name of the file of external weights, or None."""
        return f"{self.prefix}_weights.bin" if self.external else None
