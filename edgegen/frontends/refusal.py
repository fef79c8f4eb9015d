"""How an importer says that a node cannot be compiled exactly."""

from __future__ import annotations

QUANTIZE_ADVICE = (
    "Quantise the model: give calibration data (--calibrate F.npz), or export it in int8 (activations and weights)"
)
REPORT_ADVICE = "Replace it in the model, or add the operator to edgegen (see CONTRIBUTING.md)"


class RefuseError(Exception):
    """Raised by importers; the frontend's walk collects it into one list of refusals and goes on."""

    def __init__(self, reason: str, advice: str = REPORT_ADVICE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
