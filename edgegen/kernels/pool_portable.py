"""average_pool2d and max_pool2d in portable C."""

from __future__ import annotations

from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import estimate, inside_taps, int16_params, too_large, window_params
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.target import Target


def pool_params(node: AveragePool2D | MaxPool2D) -> tuple[Param, ...]:
    """Shapes, window and clamp."""
    _, in_h, in_w, channels = node.x.type.shape
    _, out_h, out_w, _ = node.type.shape
    return (
        int16_params(in_h=in_h, in_w=in_w, channels=channels, out_h=out_h, out_w=out_w)
        + window_params(node.window)
        + int16_params(lo=node.lo, hi=node.hi)
    )


def average_params(node: AveragePool2D) -> tuple[Param, ...]:
    """The same, and the zero point that even means even from, where ties are rounded so."""
    zero = () if node.even_from is None else int16_params(zero_point=node.even_from)
    return pool_params(node) + zero


def average_function(
    node: AveragePool2D, symbol: str, template: str, context: dict[str, object], size: int
) -> Function:
    """The function that rounds ties as the node does; size: machine code of the one that rounds them away from zero."""
    even = node.even_from is not None
    return Function(f"{symbol}_even" if even else symbol, template, {**context, "even": even}, size + 20 * even)


def batch_reason(node: AveragePool2D | MaxPool2D) -> str | None:
    """Why the shapes cannot be handled, or None."""
    if node.x.type.shape[0] != 1:
        return f"batch is {node.x.type.shape[0]}; pooling kernels take 1"
    return too_large(node.x.type.shape)


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
            instructions=estimate(
                target,
                average_tap=inside_taps(node.window, *node.x.type.shape[1:3]) * node.type.shape[3],
                average_row=node.type.size * node.window.kernel[0],
                average_output=node.type.size,
            )
            + (0 if node.even_from is None else 8 * node.type.size),
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


KERNELS = (AveragePoolPortable(), MaxPoolPortable())
