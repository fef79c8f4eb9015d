"""depthwise_conv2d in portable C."""

from __future__ import annotations

from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import (
    constant,
    estimate,
    inside_taps,
    int16_params,
    requant_params,
    requant_tables,
    requantize_function,
    too_large,
    window_params,
)
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target


class DepthwisePortable(Kernel):
    """int8 weights as [row][column][out]."""

    name = "portable"
    op = DepthwiseConv2D
    formats = ("int8",)

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        if node.x.type.shape[0] != 1:
            return f"batch is {node.x.type.shape[0]}; depthwise kernels take 1"
        return too_large(node.x.type.shape + node.type.shape + node.w.type.shape)

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        _, in_h, in_w, in_c = node.x.type.shape
        _, out_h, out_w, out_c = node.type.shape
        w = constant(node.w)
        encoded = get_format(weight_format).checked(w.reshape(-1, out_c))
        inside = inside_taps(node.window, in_h, in_w)
        return Lowered(
            Function(
                f"depthwise_conv2d_s8_portable_{weight_format}_{node.requant.rounding}",
                "depthwise_conv2d_portable.c.j2",
                {"requantize": requantize_function(node.requant)},
                code_bytes=400,
            ),
            int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_h=out_h, out_w=out_w, out_c=out_c)
            + window_params(node.window)
            + int16_params(depth_multiplier=node.multiplier, pad_value=node.pad_value)
            + requant_params(node.requant),
            (*encoded.tables, Table("bias", constant(node.b)), *requant_tables(node.requant)),
            runtime=("eg_requant.h",),
            instructions=estimate(
                target,
                depthwise_mac=inside * out_c,
                depthwise_pad=node.macs() - inside * out_c,
                depthwise_row=node.type.size * node.window.kernel[0],
                depthwise_output=node.type.size,
            ),
            weight_bytes=encoded.nbytes,
        )


KERNELS = (DepthwisePortable(),)
