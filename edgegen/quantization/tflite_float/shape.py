"""Operators that move real numbers without computing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgegen.frontends.tflite.context import Context
from edgegen.frontends.tflite.shape import source_indices
from edgegen.ir import Array
from edgegen.quantization.tflite_float.common import Reference


def reshape(context: Context, values: Sequence[Array]) -> Array:
    """To the shape that the file states; the first axis follows from the size."""
    return values[0].reshape(-1, *context.output.shape[1:])


def transpose(context: Context, values: Sequence[Array]) -> Array:
    """By a constant order of the axes."""
    rank = values[0].ndim
    return values[0].transpose([int(axis) % rank for axis in values[1].reshape(-1)])


def pad(context: Context, values: Sequence[Array]) -> Array:
    """With 0, or the value of PADV2."""
    pairs = [(int(before), int(after)) for before, after in values[1].reshape(-1, 2)]
    value = float(values[2].reshape(-1)[0]) if context.has(2) else 0.0
    return np.pad(values[0], pairs, constant_values=value)


def concatenation(context: Context, values: Sequence[Array]) -> Array:
    """Along one axis."""
    return np.concatenate(values, axis=int(context.option("Axis")))


def resize_nearest_neighbor(context: Context, values: Sequence[Array]) -> Array:
    """To the size that the file states."""
    flags = (bool(context.option("AlignCorners")), bool(context.option("HalfPixelCenters")))
    into, out = values[0].shape, context.output.shape
    rows, columns = (list(source_indices(into[axis], out[axis], *flags)) for axis in (1, 2))
    return values[0][:, rows][:, :, columns]


REFERENCES: tuple[tuple[str, Reference], ...] = (
    ("CONCATENATION", concatenation),
    ("EXPAND_DIMS", reshape),
    ("PAD", pad),
    ("PADV2", pad),
    ("RESHAPE", reshape),
    ("RESIZE_NEAREST_NEIGHBOR", resize_nearest_neighbor),
    ("SQUEEZE", reshape),
    ("TRANSPOSE", transpose),
)
