"""Float weights and biases -> integers."""

from __future__ import annotations

import numpy as np

from edgegen.fixedpoint import INT32_MAX
from edgegen.ir import Array

#: a bias takes at most this share of int32, so that the sum of products has room
_BIAS_ROOM = 2.0**29


def channel_scales(weights: Array, axis: int, bias: Array | None, x_scale: float) -> Array:
    """Symmetric scales, float32 numbers as float64, one per index of `axis`.

    The largest weight of a channel becomes 127. A scale grows where the bias, in steps of x_scale times it, would not
    fit int32; a channel without weights takes the largest scale of the others.
    """
    others = tuple(i for i in range(weights.ndim) if i != axis)
    scales = np.abs(weights).max(axis=others).astype(np.float64) / 127
    largest = float(scales.max(initial=0.0)) or 1.0
    scales = np.where(scales > 0, scales, largest)
    if bias is not None:
        scales = np.maximum(scales, np.abs(bias.astype(np.float64)) / (x_scale * _BIAS_ROOM))
    result: Array = scales.astype(np.float32).astype(np.float64)
    return result


def quantize_channels(weights: Array, axis: int, scales: Array) -> Array:
    """round(weights / scales) as int8 in -127..127; scales run along `axis`."""
    along = tuple(-1 if i == axis else 1 for i in range(weights.ndim))
    codes = np.rint(weights.astype(np.float64) / scales.reshape(along))
    result: Array = np.clip(codes, -127, 127).astype(np.int8)
    return result


def quantize_bias(bias: Array, x_scale: float, scales: Array) -> Array:
    """round(bias / (x_scale * scales)) as int32, saturated."""
    codes = np.rint(bias.astype(np.float64) / (x_scale * scales))
    result: Array = np.clip(codes, -INT32_MAX, INT32_MAX).astype(np.int32)
    return result
