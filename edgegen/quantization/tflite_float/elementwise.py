"""Operators on single elements, and softmax, of real numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgegen.frontends.tflite.context import Context
from edgegen.ir import Array
from edgegen.quantization.tflite_float.common import Reference, activated


def _binary(compute: Callable[[Array, Array], Array]) -> Reference:
    def reference(context: Context, values: Sequence[Array]) -> Array:
        return activated(context, compute(values[0], values[1]))

    return reference


def _unary(compute: Callable[[Array], Array]) -> Reference:
    def reference(context: Context, values: Sequence[Array]) -> Array:
        return compute(values[0])

    return reference


def _logistic(x: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-np.clip(x, -80, 80)))
    return result


def _leaky_relu(context: Context, values: Sequence[Array]) -> Array:
    alpha = np.float32(context.option("Alpha"))
    return np.where(values[0] >= 0, values[0], alpha * values[0])


def softmax(context: Context, values: Sequence[Array]) -> Array:
    """Over the last axis."""
    x = values[0] * np.float32(context.option("Beta"))
    exps = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Array = exps / exps.sum(axis=-1, keepdims=True)
    return result


REFERENCES: tuple[tuple[str, Reference], ...] = (
    ("ADD", _binary(np.add)),
    ("HARD_SWISH", _unary(lambda x: x * np.clip(x + 3, 0, 6) / np.float32(6))),
    ("LEAKY_RELU", _leaky_relu),
    ("LOGISTIC", _unary(_logistic)),
    ("MUL", _binary(np.multiply)),
    ("RELU", _unary(lambda x: np.maximum(x, 0))),
    ("RELU6", _unary(lambda x: np.clip(x, 0, 6))),
    ("RELU_N1_TO_1", _unary(lambda x: np.clip(x, -1, 1))),
    ("SOFTMAX", softmax),
    ("SUB", _binary(np.subtract)),
    ("TANH", _unary(np.tanh)),
)
