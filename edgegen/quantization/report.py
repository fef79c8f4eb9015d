"""What quantization costs: the integer graph against the float graph on the calibration data."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from edgegen.ir import Array, Calibration, OutputError


@dataclass
class ErrorMeter:
    """Adds up one output's error over batches."""

    name: str
    signal: float = 0.0
    noise: float = 0.0
    largest: float = 0.0
    agreeing: int = 0
    samples: int = 0
    classes: int = 1

    def add(self, expected: Array, got: Array, samples: int) -> None:
        """expected, got: real numbers of `samples` samples, stacked along the first axis."""
        want, have = (values.astype(np.float64).reshape(samples, -1) for values in (expected, got))
        self.signal += float((want**2).sum())
        self.noise += float(((have - want) ** 2).sum())
        self.largest = max(self.largest, float(np.abs(have - want).max()))
        # Classes that share the highest int8 score are all the answer; a tie is no disagreement.
        best = have[np.arange(samples), want.argmax(axis=1)]
        self.agreeing += int((best == have.max(axis=1)).sum())
        self.samples += samples
        self.classes = want.shape[1]

    def result(self) -> OutputError:
        snr = 10 * log10(self.signal / self.noise) if self.signal > 0 and self.noise > 0 else None
        agreement = self.agreeing / self.samples if self.classes > 1 else None
        return OutputError(self.name, snr, self.largest, agreement)


def notes(calibration: Calibration) -> tuple[str, ...]:
    """One sentence per output."""
    return tuple(_note(calibration.samples, error) for error in calibration.outputs)


def _note(samples: int, error: OutputError) -> str:
    parts = [f"largest error {error.max_abs_error:.4g}"]
    if error.snr_db is not None:
        parts.insert(0, f"signal to noise {error.snr_db:.1f} dB")
    if error.top1_agreement is not None:
        parts.append(f"same largest element in {error.top1_agreement:.2%}")
    return (
        f"output '{error.name}': quantised after training; against the float model on the {samples} calibration"
        f" samples: {', '.join(parts)}"
    )


def calibration_json(calibration: Calibration | None) -> dict[str, Any] | None:
    """The member `calibration` of edgegen.build/1 and edgegen.inspect/1."""
    if calibration is None:
        return None
    return {"samples": calibration.samples, "outputs": [dict(vars(error)) for error in calibration.outputs]}
