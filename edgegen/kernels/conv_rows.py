"""conv2d with compressed weights, portable: four output channels are decoded into RAM, once, for all positions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import (
    constant,
    int16_params,
    int32_params,
    requant_params,
    requant_tables,
    requantize_function,
    too_large,
    window_params,
)
from edgegen.kernels.conv_unpack import Conv2DUnpack
from edgegen.kernels.fc_common import c_views, filled
from edgegen.kernels.rows_decoders import DECODERS, SHARED, Rows
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import Target

#: instructions of each kind of work but decoding, with Thumb-2 (Cortex-M3) and without (M0), fitted to runs in QEMU
COSTS: Mapping[bool, Mapping[str, float]] = {
    True: {
        "byte": 11.0,
        "segment": 24.6,
        "single": 56.0,
        "double": 58.0,
        "gathered row": 82.0,
        "gathered byte": 0.9,
    },
    False: {
        "byte": 21.0,
        "segment": 21.8,
        "single": 130.0,
        "double": 130.0,
        "gathered row": 133.0,
        "gathered byte": 3.8,
    },
}
#: what decoding a row takes without Thumb-2, of what it takes with it
DECODING = 1.4
#: of the kernel and what it calls
CODE_BYTES = 1400
#: a decoder may write so many bytes beyond a row
BEYOND = 8
_UNPACK = Conv2DUnpack()


class Conv2DRows(Kernel):
    """Any window, where kernel unpack has no register tile. The workspace holds four rows, a patch and lookups."""

    name = "rows"
    op = Conv2D
    formats = tuple(DECODERS)
    shared_formats = tuple(SHARED)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        if _UNPACK.accepts(node, target) is None:
            return "kernel unpack is faster here"
        if node.x.type.shape[0] != 1:
            return f"batch is {node.x.type.shape[0]}; conv2d kernels take 1"
        return too_large((*node.x.type.shape, *node.type.shape, node.w.type.size // node.w.type.shape[0]))

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        return _bound(node, weight_format, target, DECODERS[weight_format](_matrix(node), target))

    def lower_shared(self, node: Conv2D, weight_format: str, target: Target, code: Code) -> Lowered:
        return _bound(node, weight_format, target, SHARED[weight_format](_matrix(node), target, code))


def _matrix(node: Conv2D) -> Array:
    return constant(node.w).reshape(node.type.shape[3], -1)


def _bound(node: Conv2D, weight_format: str, target: Target, rows: Rows) -> Lowered:
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    segment = node.window.kernel[1] * in_c
    # rows of a patch are read where they lie when they have no holes
    gather = node.window.dilation[1] != 1 and node.window.kernel[1] > 1
    count = node.window.kernel[0] * segment
    tables_at = (count + 4 * (count + BEYOND) + 7) // 8 * 8
    return Lowered(
        Function(
            f"conv2d_s8_rows_{weight_format}_{node.requant.rounding}" + (f"_{rows.suffix}" if rows.suffix else ""),
            "conv2d_rows.c.j2",
            {
                "tables": c_views(rows.tables),
                "requantize": requantize_function(node.requant),
                "weight_format": weight_format,
                "beyond": BEYOND,
                **rows.context,
            },
            code_bytes=CODE_BYTES,
        ),
        int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_h=out_h, out_w=out_w, out_c=out_c)
        + window_params(node.window)
        + int16_params(
            pad_value=node.pad_value,
            span_h=(node.window.kernel[0] - 1) * node.window.dilation[0] + 1,
            gather=int(gather),
        )
        + int32_params(tables_at=tables_at, **rows.params)
        + requant_params(node.requant),
        (*filled(rows.tables), Table("bias", constant(node.b)), *requant_tables(node.requant)),
        workspace=tables_at + rows.lookup,
        runtime=("eg_requant.h", "eg_huffman.h", "eg_rows.h"),
        instructions=_predicted(_work(node, gather), rows.instructions, target),
        weight_bytes=sum(table.nbytes for table in rows.tables),
    )


def _work(node: Conv2D, gather: bool) -> dict[str, float]:
    """How often one inference does what COSTS names; the decoder's work apart."""
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    kernel_h, kernel_w = node.window.kernel
    units = (out_c + 3) // 4 * out_h * out_w
    gathered = (out_c + 3) // 4 * (out_h * out_w if gather else _at_borders(node.window, in_h, in_w))
    return {
        "byte": units * kernel_h * kernel_w * in_c,
        "segment": units * kernel_h,
        node.requant.rounding: out_h * out_w * out_c,
        "gathered row": gathered * kernel_h,
        "gathered byte": gathered * kernel_h * kernel_w * in_c,
    }


def _at_borders(window: Window, in_h: int, in_w: int) -> int:
    """Output positions whose window leaves the input; holes between dilated columns are left out of account."""
    inside = []
    for axis, size in enumerate((in_h, in_w)):
        span = (window.kernel[axis] - 1) * (window.dilation[axis] if axis == 0 else 1) + 1
        first = np.arange(window.out_size(in_h, in_w)[axis]) * window.stride[axis] - window.padding[2 * axis]
        inside.append(int(((first >= 0) & (first + span <= size)).sum()))
    out_h, out_w = window.out_size(in_h, in_w)
    return out_h * out_w - inside[0] * inside[1]


def _predicted(work: Mapping[str, float], decoding: float, target: Target) -> float:
    thumb2 = target.has("thumb2")
    costs = COSTS[thumb2]
    return sum(costs[kind] * count for kind, count in work.items()) + decoding * (1.0 if thumb2 else DECODING) + 150.0


KERNELS = (Conv2DRows(),)
