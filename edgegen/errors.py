"""One tree of errors; each says which node or file, what it is, what it must be, and what to do.

Every class carries the exit code that the command line ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class EdgegenError(Exception):
    """Base of all errors that a user can cause; never raised itself."""

    exit_code = 3


class UsageError(EdgegenError):
    """A wrong option or argument."""

    exit_code = 2


class ModelError(EdgegenError):
    """The model file is missing, truncated, corrupt, or says something impossible."""


class GraphError(EdgegenError):
    """A node's operands or attributes do not fit together."""


class FormatError(EdgegenError):
    """A weight matrix cannot be stored in the named format."""


@dataclass(frozen=True)
class Refusal:
    """One node that cannot be compiled exactly: what it is, why not, what to do."""

    node: str
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.node}: {self.reason}. {self.advice}"


class UnsupportedError(EdgegenError):
    """Everything in a model that cannot be compiled exactly, as one complete list."""

    def __init__(self, source: str, refusals: Sequence[Refusal]) -> None:
        self.source = source
        self.refusals = tuple(refusals)
        lines = "\n".join(f"  {number}. {refusal}" for number, refusal in enumerate(self.refusals, 1))
        super().__init__(f"{source}: {len(self.refusals)} node(s) cannot be compiled exactly:\n{lines}")


class BudgetError(EdgegenError):
    """A flash, RAM or latency budget cannot be met."""

    exit_code = 1


class VerificationError(EdgegenError):
    """A build does not compute what its reference computes."""

    exit_code = 1


class ToolchainError(EdgegenError):
    """A compiler or emulator is missing, failed, or ran out of time."""

    exit_code = 4


class InstallationError(EdgegenError):
    """Files that belong to edgegen itself cannot be found."""

    exit_code = 4


class OutputError(EdgegenError):
    """The output cannot be written (no space, no permission, a file in the way)."""

    exit_code = 1
