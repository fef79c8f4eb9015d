"""Pools and reductions of real numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgegen.frontends.tflite.context import Context
from edgegen.frontends.tflite.linear import sliding_window
from edgegen.ir import Array
from edgegen.quantization.tflite_float.common import activated


def _patches(context: Context, x: Array, outside: float) -> Array:
    kernel = (int(context.option("FilterHeight")), int(context.option("FilterWidth")))
    window = sliding_window(context, kernel)
    top, bottom, left, right = window.padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=outside)
    bare = type(window)(window.kernel, window.stride)
    return bare.patches(padded, 0)


def average_pool_2d(context: Context, values: Sequence[Array]) -> Array:
    """Padding is not counted."""
    mean: Array = np.nanmean(_patches(context, values[0], np.nan), axis=(3, 4))
    return activated(context, mean)


def max_pool_2d(context: Context, values: Sequence[Array]) -> Array:
    """Padding never wins."""
    return activated(context, _patches(context, values[0], -np.inf).max(axis=(3, 4)))


def _axes(context: Context, values: Sequence[Array]) -> tuple[int, ...]:
    rank = len(context.info(0).shape)
    return tuple(int(axis) % rank for axis in values[1].reshape(-1))


def mean(context: Context, values: Sequence[Array]) -> Array:
    """Over constant axes."""
    result: Array = values[0].mean(axis=_axes(context, values), dtype=np.float32)
    return result.reshape(-1, *context.output.shape[1:])


def reduce_max(context: Context, values: Sequence[Array]) -> Array:
    """Over constant axes."""
    result: Array = values[0].max(axis=_axes(context, values))
    return result.reshape(-1, *context.output.shape[1:])


REFERENCES = (
    ("AVERAGE_POOL_2D", average_pool_2d),
    ("MAX_POOL_2D", max_pool_2d),
    ("MEAN", mean),
    ("REDUCE_MAX", reduce_max),
)
