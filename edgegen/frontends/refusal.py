"""How an importer says that a node cannot be compiled exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import TypeVar

from edgegen.errors import GraphError, Refusal

T = TypeVar("T")

QUANTIZE_ADVICE = (
    "Quantise the model: give calibration data (--calibrate F.npz), or export it in int8 (activations and weights)"
)
REPORT_ADVICE = "Replace it in the model, or add the operator to edgegen (see CONTRIBUTING.md)"


#: most elements of a tensor that is computed at run time: more than any microcontroller's memory
MAX_ACTIVATION = 1 << 26


class RefuseError(Exception):
    """Raised by importers; the frontend's walk collects it into one list of refusals and goes on."""

    def __init__(self, reason: str, advice: str = REPORT_ADVICE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class UnknownError(Exception):
    """An operand comes from an operator that was refused, so that nothing can be said about this one."""


def refusal(where: str, error: RefuseError | GraphError) -> Refusal:
    """An entry of the list that the user gets."""
    match error:
        case RefuseError(reason=reason, advice=advice):
            return Refusal(where, reason, advice)
    return Refusal(where, str(error), "Check how the model was made")


def collected(steps: Iterable[tuple[str, Callable[[], T]]], refusals: list[Refusal]) -> list[T]:
    """Results of the steps, each told with its place, in order; what is refused goes into `refusals` instead."""
    found = []
    for where, step in steps:
        try:
            found.append(step())
        except UnknownError:
            continue
        except (RefuseError, GraphError) as error:
            refusals.append(refusal(where, error))
    return found


def check_size(shape: tuple[int, ...]) -> None:
    """Refuse a tensor that no target could hold, before anything computes with its shape."""
    if prod(shape) > MAX_ACTIVATION:
        raise RefuseError(f"it computes a tensor of {prod(shape)} elements", "Use a model for smaller inputs")
