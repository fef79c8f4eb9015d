"""conv2d with compressed weights: four output channels are decoded into RAM once and used at every position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from edgegen.kernels.fc_common import c_views, filled
from edgegen.kernels.rows_decoders import DECODERS, Rows, ham
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.requant_forms import Kind, accumulator_range, find
from edgegen.target import Target

#: instructions on a Cortex-M4 of each kind of work but decoding, fitted to runs in QEMU
COSTS: Mapping[str, float] = {
    "chunk": 13.7,
    "segment": 3.0,
    "unit": 0.0,
    "form": 31.5,
    "single": 48.0,
    "double": 54.0,
    "gathered row": 107.0,
    "gathered byte": 1.2,
    "widened": 2.3,
}
#: short ways from a sum to an output, with a shift per channel, so that all layers share them; see requant_forms
ENDINGS: tuple[Kind, ...] = ("smmla_asr", "tie_asr")
#: bytes behind a row that a decoder may write
BEYOND = 8
#: sums are scaled by 2**PRE_SCALE after the last product
PRE_SCALE = 8
#: of the kernel and what it calls
CODE_BYTES = 1400


class Conv2DRows(Kernel):
    """Any window. The workspace holds four widened rows, a patch, a row and the decoder's lookup tables."""

    name = "rows"
    op = Conv2D
    formats = tuple(DECODERS)
    shared_formats = ("ham",)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        if node.x.type.shape[0] != 1:
            return f"batch is {node.x.type.shape[0]}; conv2d kernels take 1"
        return too_large((*node.x.type.shape, *node.type.shape, node.w.type.size // node.w.type.shape[0]))

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        return _bound(node, weight_format, target, DECODERS[weight_format](_matrix(node), target))

    def lower_shared(self, node: Conv2D, weight_format: str, target: Target, code: Code) -> Lowered:
        return _bound(node, weight_format, target, ham(_matrix(node), target, code))


def _matrix(node: Conv2D) -> Array:
    return constant(node.w).reshape(node.type.shape[3], -1)


def _bound(node: Conv2D, weight_format: str, target: Target, rows: Rows) -> Lowered:
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    kernel_h, kernel_w = node.window.kernel
    form, how, ending = _ending(node, target)
    segment = kernel_w * in_c
    chunks = (segment + 3) // 4
    # rows of a patch are read where they lie when they are whole chunks and have no holes
    gather = segment % 4 != 0 or node.window.dilation[1] != 1
    room = 4 * chunks * kernel_h
    tables_at = (room + kernel_h * segment + BEYOND + 7) // 8 * 8
    return Lowered(
        Function(
            f"conv2d_s8_rows_{weight_format}_{how}" + (f"_{rows.suffix}" if rows.suffix else ""),
            "conv2d_rows.c.j2",
            {
                "tables": c_views(rows.tables),
                "requantize": requantize_function(node.requant),
                "form": form,
                "weight_format": weight_format,
                **rows.context,
            },
            code_bytes=CODE_BYTES,
        ),
        int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_h=out_h, out_w=out_w, out_c=out_c)
        + window_params(node.window)
        + int16_params(pad_value=node.pad_value)
        + int16_params(
            segment_chunks=chunks, span_h=(kernel_h - 1) * node.window.dilation[0] + 1, gather=int(gather)
        )
        + int32_params(tables_at=tables_at, **rows.params)
        + requant_params(node.requant),
        (*filled(rows.tables), Table("bias", constant(node.b)), *ending),
        workspace=8 * room + tables_at + rows.lookup,
        runtime=("eg_requant.h", "eg_huffman.h", "eg_rows.h"),
        instructions=_predicted(_work(node, chunks, gather, form is not None), rows.instructions, target),
        weight_bytes=sum(table.nbytes for table in rows.tables),
    )


def _ending(node: Conv2D, target: Target) -> tuple[dict[str, Any] | None, str, tuple[Table, ...]]:
    """How sums become outputs: (form for the template or None, part of the symbol, tables)."""
    w = constant(node.w).reshape(node.w.type.shape[0], -1)
    bounds = accumulator_range(w, constant(node.b))
    for kind in ENDINGS if target.has("dsp") else ():
        forms = find(node.requant, *bounds, PRE_SCALE, (kind,), embed=kind == "smmla_asr")
        if forms is not None:
            third = () if forms.third is None or not forms.tie else (forms.third,)
            words = np.stack((forms.multiplier, forms.constant, *third), axis=1).astype(np.int32)
            return (
                {"words": words.shape[1], "pre_scale": PRE_SCALE, "tie": forms.tie},
                kind,
                (Table("words", words.ravel()),),
            )
    return None, node.requant.rounding, requant_tables(node.requant)


def _work(node: Conv2D, chunks: int, gather: bool, form: bool) -> dict[str, float]:
    """How often one inference does what COSTS names; the decoder's work apart."""
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    kernel_h = node.window.kernel[0]
    units = (out_c + 3) // 4 * out_h * out_w
    gathered = (out_c + 3) // 4 * (out_h * out_w if gather else _at_borders(node.window, in_h, in_w))
    outputs = "form" if form else node.requant.rounding
    return {
        "chunk": units * kernel_h * chunks,
        "segment": units * kernel_h,
        "unit": units,
        outputs: out_h * out_w * out_c,
        "gathered row": gathered * kernel_h,
        "gathered byte": gathered * kernel_h * node.window.kernel[1] * in_c,
        "widened": node.w.type.size,
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
    total = sum(COSTS[kind] * count for kind, count in work.items()) + decoding + 150.0
    if not target.has("dsp"):
        total += 5.0 * COSTS["chunk"] * work["chunk"]
    return total if target.has("thumb2") else 1.4 * total


KERNELS = (Conv2DRows(),)
