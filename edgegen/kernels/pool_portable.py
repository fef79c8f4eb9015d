"""average_pool2d, scaled_average_pool2d and max_pool2d in portable C."""

from __future__ import annotations

from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import (
    estimate,
    inside_taps,
    int16_params,
    requant_tables,
    requantize_function,
    too_large,
    window_params,
)
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.target import Target

Pool = AveragePool2D | MaxPool2D | ScaledAveragePool2D


def _walk_params(node: Pool) -> tuple[Param, ...]:
    """Shapes and window."""
    _, in_h, in_w, channels = node.x.type.shape
    _, out_h, out_w, _ = node.type.shape
    sizes = int16_params(in_h=in_h, in_w=in_w, channels=channels, out_h=out_h, out_w=out_w)
    return sizes + window_params(node.window)


def pool_params(node: AveragePool2D | MaxPool2D) -> tuple[Param, ...]:
    """Shapes, window and clamp."""
    return _walk_params(node) + int16_params(lo=node.lo, hi=node.hi)


def average_params(node: AveragePool2D) -> tuple[Param, ...]:
    """The same, and the zero points and factors of a node that rounds ties to even."""
    even, more = node.even, {}
    if even is not None:
        more = {"x_zero": even.x_zero, "zero_point": even.y_zero}
        more |= {"up": even.up, "down": even.down} if even.shift else {}
    return pool_params(node) + int16_params(**more)


def average_function(
    node: AveragePool2D, symbol: str, template: str, context: dict[str, object], size: int
) -> Function:
    """The function that rounds ties as the node does; size: machine code of the one that rounds them away from zero."""
    even = node.even is not None
    shifted = node.even is not None and node.even.shift != 0
    suffix = "_even_shifted" if shifted else "_even" if even else ""
    more = {"even": even, "shifted": shifted}
    return Function(f"{symbol}{suffix}", template, {**context, **more}, size + 20 * even + 20 * shifted)


def even_cost(node: AveragePool2D, instructions: float) -> float:
    """What rounding ties to even adds, given what it adds per output where no shift is involved."""
    if node.even is None:
        return 0.0
    return node.type.size * (instructions + (4 if node.even.shift else 0))


def batch_reason(node: Pool) -> str | None:
    """Why the shapes cannot be handled, or None."""
    if node.x.type.shape[0] != 1:
        return f"batch is {node.x.type.shape[0]}; pooling kernels take 1"
    return too_large(node.x.type.shape)


def _average_walk(node: AveragePool2D | ScaledAveragePool2D, target: Target) -> float:
    return estimate(
        target,
        average_tap=inside_taps(node.window, *node.x.type.shape[1:3]) * node.type.shape[3],
        average_row=node.type.size * node.window.kernel[0],
        average_output=node.type.size,
    )


class AveragePoolPortable(Kernel):
    """Sum over the part of the window inside x, one division."""

    name = "portable"
    op = AveragePool2D

    def accepts(self, node: AveragePool2D, target: Target) -> str | None:
        return batch_reason(node)

    def lower(self, node: AveragePool2D, weight_format: str, target: Target) -> Lowered:
        return Lowered(
            average_function(node, "average_pool2d_s8_portable", "average_pool2d_portable.c.j2", {}, 300),
            average_params(node),
            runtime=("eg_requant.h",),
            instructions=_average_walk(node, target) + even_cost(node, 8),
        )


class ScaledAveragePoolPortable(Kernel):
    """Sum over the part of the window inside x, requantized by the scale for so many elements."""

    name = "portable"
    op = ScaledAveragePool2D

    def accepts(self, node: ScaledAveragePool2D, target: Target) -> str | None:
        return batch_reason(node)

    def lower(self, node: ScaledAveragePool2D, weight_format: str, target: Target) -> Lowered:
        q = node.requant
        return Lowered(
            Function(
                f"scaled_average_pool2d_s8_portable_{q.rounding}",
                "scaled_average_pool2d_portable.c.j2",
                {"requantize": requantize_function(q)},
                code_bytes=220,
            ),
            _walk_params(node) + int16_params(x_zero=node.zero_point, zero_point=q.zero_point, lo=q.lo, hi=q.hi),
            requant_tables(q),
            runtime=("eg_requant.h",),
            # A requantization instead of a division: about half of what mean takes per output, as measured.
            instructions=_average_walk(node, target) + estimate(target, mean_output=node.type.size / 2),
        )


class MaxPoolPortable(Kernel):
    """Maximum over the part of the window inside x."""

    name = "portable"
    op = MaxPool2D

    def accepts(self, node: MaxPool2D, target: Target) -> str | None:
        return batch_reason(node)

    def lower(self, node: MaxPool2D, weight_format: str, target: Target) -> Lowered:
        return Lowered(
            Function("max_pool2d_s8_portable", "max_pool2d_portable.c.j2", code_bytes=250),
            pool_params(node),
            runtime=("eg_requant.h",),
            instructions=estimate(
                target,
                max_tap=inside_taps(node.window, *node.x.type.shape[1:3]) * node.type.shape[3],
                max_row=node.type.size * node.window.kernel[0],
                max_output=node.type.size,
            ),
        )


KERNELS = (AveragePoolPortable(), ScaledAveragePoolPortable(), MaxPoolPortable())
