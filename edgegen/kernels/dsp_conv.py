"""conv2d on cores with the DSP extension: blocks of 4 positions, widened once, against all output channels."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from edgegen.ir import Op
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import int16_params, int32_params, too_large, window_params
from edgegen.kernels.dsp_gemm import (
    WIDEN_GROUP,
    Gemm,
    TileDriver,
    blocks_and_singles,
    gemm_functions,
    gemm_params,
    loop_entry,
    positions_instructions,
    reason_without_form,
    stream_table,
    widen_function,
    widen_instructions,
)
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import Target

#: rows of at most so many words are copied by unrolled loads and stores
_MAX_ROW_WORDS = 8


def _is_pointwise(node: Conv2D) -> bool:
    window = node.window
    return window.kernel == (1, 1) and window.stride == (1, 1) and not any(window.padding)


class Conv2DDspPointwise(TileDriver):
    """1x1, stride 1: a matrix product over positions; any channel counts, any number of positions and batch."""

    name = "dsp_pointwise"
    op: ClassVar[type[Op]] = Conv2D

    def accepts(self, node: Conv2D | FullyConnected, target: Target) -> str | None:
        if isinstance(node, Conv2D) and not _is_pointwise(node):
            return "only 1x1 convolutions of stride 1 without padding"
        return reason_without_form(node, target) or too_large(node.w.type.shape)

    def bind(self, node: Conv2D | FullyConnected, gemm: Gemm) -> Lowered:
        out_c, in_c = node.w.type.shape[0], node.w.type.shape[-1]
        positions = prod(node.type.shape[:-1])
        widen = widen_function(gemm.bits)
        run = 4 * gemm.groups
        copied = in_c % 4 != 0
        around = widen_instructions(run, 1) + (52 if gemm.rows % 2 else 24)
        return Lowered(
            Function(f"{self.op.op_name}_s8_dsp_pointwise", "dsp_pointwise.c.j2", {}, code_bytes=620),
            (
                *gemm_params(gemm, "widen", widen, positions),
                *int32_params(positions=positions),
                *int16_params(
                    in_c=in_c,
                    out_c=out_c,
                    run=run,
                    widen_entry=loop_entry(gemm.groups, WIDEN_GROUP),
                    copied=int(copied),
                ),
            ),
            (stream_table(gemm),),
            workspace=8 * run + 8 + (4 * in_c + 3 + 7) // 8 * 8,
            helpers=(*gemm_functions(gemm, positions), widen),
            runtime=("eg_dsp.h",),
            instructions=40 + positions_instructions(gemm, positions, around) + 20 * in_c * copied,
            weight_bytes=gemm.weight_bytes,
        )


class FullyConnectedDspBatch(Conv2DDspPointwise):
    """A batch of 4 rows and more is a pointwise convolution over the batch."""

    name = "dsp_batch"
    op = FullyConnected

    def accepts(self, node: Conv2D | FullyConnected, target: Target) -> str | None:
        if node.x.type.shape[0] < 4:
            return f"batch is {node.x.type.shape[0]}; from 4 on it pays"
        return super().accepts(node, target)


@dataclass(frozen=True)
class _Blocks:
    """How many blocks of 4 positions read the image in place or row by row, how many go through window copies, and how
    many single positions do."""

    fast: int
    slow: int
    singles: int


def _fast_bounds(node: Conv2D, direct: bool) -> tuple[int, int]:
    """Greatest first row and column of a window that lies inside; copying whole words needs a row below it."""
    window = node.window
    _, in_h, in_w, _ = node.x.type.shape
    span_h, span_w = ((k - 1) * d + 1 for k, d in zip(window.kernel, window.dilation, strict=True))
    return in_h - span_h - (0 if direct else 1), in_w - span_w


def _count_blocks(node: Conv2D, max_y: int, max_x: int) -> _Blocks:
    window = node.window
    _, out_h, out_w, _ = node.type.shape
    positions = out_h * out_w
    blocks, singles = blocks_and_singles(positions)
    first = np.minimum(4 * np.arange(blocks), positions - 4)
    y0 = first // out_w * window.stride[0] - window.padding[0]
    x0 = first % out_w * window.stride[1] - window.padding[2]
    inside = (y0 >= 0) & (y0 <= max_y) & (x0 >= 0) & (x0 + 3 * window.stride[1] <= max_x)
    fast = int((inside & (first % out_w + 4 <= out_w)).sum())
    return _Blocks(fast, blocks - fast, singles)


class Conv2DDsp(TileDriver):
    """Any kernel, stride, dilation, padding and channel counts; batch 1."""

    name = "dsp_conv"
    op = Conv2D

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        if node.x.type.shape[0] != 1:
            return f"batch is {node.x.type.shape[0]}; it must be 1"
        if _is_pointwise(node):
            return "1x1 convolutions of stride 1 have a kernel of their own"
        size = 8 * prod(node.w.type.shape[1:])
        return reason_without_form(node, target) or too_large((*node.x.type.shape, *node.type.shape, size))

    def bind(self, node: Conv2D, gemm: Gemm) -> Lowered:
        window = node.window
        out_c, kernel_h, kernel_w, in_c = node.w.type.shape
        _, in_h, in_w, _ = node.x.type.shape
        positions, out_w = node.type.shape[1] * node.type.shape[2], node.type.shape[2]
        widen = widen_function(gemm.bits)
        run, columns = kernel_w * in_c, 4 * gemm.groups
        dilated = window.dilation[1] != 1 and kernel_w > 1
        direct = run % 4 == 0 and not dilated
        row_words = 0 if direct else -(-run // 4)
        max_y, max_x = _fast_bounds(node, direct)
        if not direct and (dilated or row_words > _MAX_ROW_WORDS):
            max_y, row_words = -1, 0  # every window is copied with care
        name = "_dilated" * dilated + ("" if direct else f"_copy{row_words}")
        function = Function(
            f"conv2d_s8_dsp_conv{name}",
            "dsp_conv.c.j2",
            {
                "dilated": dilated,
                "direct": direct,
                "row_words": row_words,
                "fast": direct or row_words > 0,
            },
            code_bytes=1090 + 8 * row_words - 540 * dilated,
        )
        blocks = _count_blocks(node, max_y, max_x)
        window_copy = 60 + kernel_h * (kernel_w * (32 + 0.8 * in_c) if dilated else 44 + 0.9 * run)
        copies = widen_instructions(columns, 1)
        fast = widen_instructions(run, kernel_h) if direct else copies + 4 * kernel_h * (2 * row_words + 5)
        slow = copies + 4 * window_copy
        single = copies + window_copy
        return Lowered(
            function,
            gemm_params(gemm, "widen", widen, positions)
            + int32_params(positions=positions)
            + int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_w=out_w, out_c=out_c)
            + window_params(window)
            + int16_params(
                pad_value=node.pad_value,
                max_y=max_y,
                max_x=max_x,
                run=run,
                columns=columns,
                rows_entry=loop_entry(run // 4, WIDEN_GROUP),
                copies_entry=loop_entry(gemm.groups, WIDEN_GROUP),
            ),
            (stream_table(gemm),),
            workspace=12 * columns + 8,
            helpers=(*gemm_functions(gemm, positions), widen),
            runtime=("eg_dsp.h",),
            instructions=60
            + positions_instructions(gemm, positions, 58)
            + blocks.fast * fast
            + blocks.slow * slow
            + blocks.singles * single,
            weight_bytes=gemm.weight_bytes,
        )


KERNELS: tuple[Kernel, ...] = (Conv2DDspPointwise(), FullyConnectedDspBatch(), Conv2DDsp())
