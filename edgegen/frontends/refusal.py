"""How an importer says that a node cannot be compiled exactly."""

from __future__ import annotations

from math import prod

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


def check_size(shape: tuple[int, ...]) -> None:
    """Refuse a tensor that no target could hold, before anything computes with its shape."""
    if prod(shape) > MAX_ACTIVATION:
        raise RefuseError(f"it computes a tensor of {prod(shape)} elements", "Use a model for smaller inputs")
