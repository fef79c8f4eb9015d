"""CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED on real numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.context import Context
from edgegen.frontends.tflite.linear import dilation_of, sliding_window
from edgegen.ir import Array
from edgegen.ops.conv2d import Window
from edgegen.quantization.tflite_float.common import activated


def _operands(context: Context, values: Sequence[Array], axes: int) -> tuple[Array, Array, Array]:
    """x, weights and bias; a bias that is left out is 0."""
    if len(values) < 2:
        raise context.error(f"it has {len(values)} operands; it must have 2 or 3")
    if values[1].ndim != axes:
        raise context.error(f"its weights {context.info(1)} must have {axes} axes")
    bias = values[2] if context.has(2) else np.zeros(1, dtype=np.float32)
    return values[0], values[1], bias.reshape(-1)


def _window(context: Context, weights: Array) -> Window:
    return sliding_window(context, (weights.shape[1], weights.shape[2]), dilation_of(context))


def conv_2d(context: Context, values: Sequence[Array]) -> Array:
    """x: (n, h, w, ci), weights: (co, kh, kw, ci)."""
    x, weights, bias = _operands(context, values, 4)
    if x.shape[-1] != weights.shape[3]:
        raise RefuseError("it is grouped", "Export it as one convolution per group")
    patches = _window(context, weights).patches(x, 0)
    rows = np.ascontiguousarray(patches).reshape(-1, weights[0].size)
    total = rows @ weights.reshape(weights.shape[0], -1).T + bias
    return activated(context, total.reshape(*patches.shape[:3], weights.shape[0]))


def depthwise_conv_2d(context: Context, values: Sequence[Array]) -> Array:
    """x: (n, h, w, c), weights: (1, kh, kw, c * multiplier)."""
    x, weights, bias = _operands(context, values, 4)
    if weights.shape[3] % x.shape[3]:
        raise context.error(f"its weights {context.info(1)} have no multiple of its input's channels")
    patches = _window(context, weights).patches(np.repeat(x, weights.shape[3] // x.shape[3], axis=3), 0)
    total = np.zeros((*patches.shape[:3], weights.shape[3]), dtype=np.float32)
    for row, column in np.ndindex(*weights.shape[1:3]):
        total += patches[:, :, :, row, column] * weights[0, row, column]
    return activated(context, total + bias)


def fully_connected(context: Context, values: Sequence[Array]) -> Array:
    """x: any shape, flattened to rows of ci; weights: (co, ci)."""
    x, weights, bias = _operands(context, values, 2)
    if x.size % weights.shape[1]:
        raise context.error(f"its input {context.info(0)} does not divide into rows of {weights.shape[1]}")
    total = x.reshape(-1, weights.shape[1]) @ weights.T + bias
    return activated(context, total.reshape(-1, *context.output.shape[1:]))


REFERENCES = (
    ("CONV_2D", conv_2d),
    ("DEPTHWISE_CONV_2D", depthwise_conv_2d),
    ("FULLY_CONNECTED", fully_connected),
)
