"""Parameters and tables that several kernels share."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from edgegen.errors import FormatError
from edgegen.fixedpoint import Requant
from edgegen.formats.base import Table
from edgegen.ir import Array, Const, Node
from edgegen.kernels.base import Param
from edgegen.ops.conv2d import Window
from edgegen.target import Target

INT16_MAX = 32767


def constant(node: Node) -> Array:
    """The value of a constant operand."""
    if not isinstance(node, Const):
        raise TypeError(f"{node} is not a constant")
    return node.value


def int16_params(**values: int) -> tuple[Param, ...]:
    """int16_t parameters, in the given order. Raises FormatError for a value that they do not hold."""
    for name, value in values.items():
        if not -INT16_MAX - 1 <= value <= INT16_MAX:
            raise FormatError(f"parameter {name} is {value}; it must fit 16 bits")
    return tuple(Param(name, "int16_t", int(value)) for name, value in values.items())


def int32_params(**values: int) -> tuple[Param, ...]:
    """int32_t parameters, in the given order."""
    return tuple(Param(name, "int32_t", int(value)) for name, value in values.items())


def window_params(window: Window) -> tuple[Param, ...]:
    """kernel, stride, dilation and leading padding of a window."""
    return int16_params(
        kernel_h=window.kernel[0],
        kernel_w=window.kernel[1],
        stride_h=window.stride[0],
        stride_w=window.stride[1],
        dilation_h=window.dilation[0],
        dilation_w=window.dilation[1],
        pad_top=window.padding[0],
        pad_left=window.padding[2],
    )


def requant_params(requant: Requant) -> tuple[Param, ...]:
    """zero point, clamp bounds and the step through the tables of multipliers and shifts (0: one for all channels)."""
    return int16_params(
        zero_point=requant.zero_point, lo=requant.lo, hi=requant.hi, requant_step=0 if requant.channels == 1 else 1
    )


def requant_tables(requant: Requant) -> tuple[Table, ...]:
    """multiplier (int32) and shift (int8), one or one per channel."""
    return (
        Table("multiplier", np.array(requant.multiplier, dtype=np.int32)),
        Table("shift", np.array(requant.shift, dtype=np.int8)),
    )


def requantize_function(requant: Requant) -> str:
    """Name of the runtime function for the requant's rounding."""
    return f"eg_requantize_{requant.rounding}"


def too_large(sizes: Iterable[int]) -> str | None:
    """A reason when any size does not fit the kernels' int16 parameters."""
    worst = max(sizes)
    return f"a dimension of {worst} is above {INT16_MAX}" if worst > INT16_MAX else None


def inside_taps(window: Window, height: int, width: int) -> int:
    """How often, over all output positions of one channel, a kernel element meets an element of x and not padding."""
    out_h, out_w = window.out_size(height, width)
    counts = []
    for axis, (size, out) in enumerate(((height, out_h), (width, out_w))):
        first = np.arange(out) * window.stride[axis] - window.padding[2 * axis]
        at = first[:, None] + np.arange(window.kernel[axis]) * window.dilation[axis]
        counts.append(int(((at >= 0) & (at < size)).sum()))
    return counts[0] * counts[1]


def estimate(target: Target, **counts: float) -> float:
    """Predicted instructions: the sum of counts times the target's cost coefficients; unknown coefficients cost 10."""
    return sum(target.cost.get(name, 10.0) * count for name, count in counts.items())
