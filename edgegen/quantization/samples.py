"""Calibration inputs: real numbers in the model's own units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from edgegen.errors import UsageError
from edgegen.ir import Array
from edgegen.verify.npz import read_npz

#: names of arrays that hold classes, not inputs, as in the files of `verify --vectors`
LABELS = ("labels", "label", "y")


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs by name, each (count * first axis, ...) float32: samples stacked along the first axis."""

    arrays: Mapping[str, Array]
    count: int

    def batches(self, size: int) -> Iterator[dict[str, Array]]:
        """Up to `size` samples at a time."""
        for start in range(0, self.count, size):
            stop = min(start + size, self.count)
            yield {
                name: values[len(values) // self.count * start : len(values) // self.count * stop]
                for name, values in self.arrays.items()
            }


def read_samples(path: Path, inputs: Sequence[tuple[str, tuple[int, ...]]]) -> Samples:
    """Read an .npz: one array per input (by the input's name, or the only array of a single-input model).

    inputs: (name, shape with the batch axis) of each model input. The first axis of an array counts samples; its values
    are floating, in the model's own units. `labels`, `label` and `y` are ignored.

    Raises UsageError naming what does not fit.
    """
    arrays = read_npz(path, UsageError, "give a file that numpy.savez wrote, with one float array per input")
    for name in LABELS:
        arrays.pop(name, None)
    if len(inputs) == 1 and len(arrays) == 1:
        arrays = {inputs[0][0]: next(iter(arrays.values()))}
    counts: dict[str, int] = {}
    stacked: dict[str, Array] = {}
    for name, shape in inputs:
        if name not in arrays:
            raise UsageError(f"{path}: has no array '{name}'; it has {', '.join(arrays) or 'none'}")
        values = _checked(path, name, arrays[name], shape)
        counts[name] = len(values)
        stacked[name] = values.reshape(len(values) * shape[0], *shape[1:]) if shape else values.reshape(-1)
    if len(set(counts.values())) != 1:
        raise UsageError(f"{path}: arrays hold {sorted(counts.values())} samples; all must hold the same")
    return Samples(stacked, next(iter(counts.values())))


def _checked(path: Path, name: str, values: Array, shape: tuple[int, ...]) -> Array:
    if values.ndim == 0 or not values.size or values[0].size != prod(shape):
        raise UsageError(f"{path}: '{name}' has shape {values.shape}; each of its rows must hold {shape}")
    if not np.issubdtype(values.dtype, np.floating):
        raise UsageError(f"{path}: '{name}' is {values.dtype}; calibration data are floating, in the model's own units")
    if not np.isfinite(values).all():
        raise UsageError(f"{path}: '{name}' holds NaN or infinity")
    return np.ascontiguousarray(values, dtype=np.float32)
