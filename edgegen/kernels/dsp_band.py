"""conv2d on the register tile from padded copies: no window leaves them, so that all blocks are read in place."""

from __future__ import annotations

from edgegen.kernels.base import Lowered
from edgegen.kernels.common import too_large
from edgegen.kernels.dsp_gemm import (
    WIDEN_GROUP,
    Gemm,
    TileDriver,
    loop_entry,
    reason_without_form,
    widen_function,
    widen_instructions,
)
from edgegen.kernels.dsp_narrow import Widening, bind_bands, reason_without_band, shape_of
from edgegen.ops.conv2d import Conv2D
from edgegen.target import Target


class Conv2DDspBand(TileDriver):
    """Windows whose rows are whole words, undilated in width; batch 1; rows of at least 4 outputs, or a small image."""

    name = "dsp_band"
    op = Conv2D

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        run = node.window.kernel[1] * node.x.type.shape[3]
        if run % 4:
            return f"a row of a window has {run} inputs; it must be a multiple of 4"
        if node.window.kernel == (1, 1) and node.window.stride == (1, 1) and not any(node.window.padding):
            return "1x1 convolutions of stride 1 have a kernel of their own"
        size = 8 * run * node.window.kernel[0]
        reason = reason_without_band(node, shape_of(node)) or reason_without_form(node, target)
        return reason or too_large((*node.x.type.shape, *node.type.shape, size))

    def bind(self, node: Conv2D, gemm: Gemm) -> Lowered:
        shape, window = shape_of(node), node.window
        run, kernel_h = window.kernel[1] * node.x.type.shape[3], window.kernel[0]
        gap = shape.pitch * (window.dilation[0] if shape.whole else 1) - run
        widening = Widening(
            widen_function(gemm.bits),
            widen_instructions(run, kernel_h),
            run,
            kernel_h,
            gap,
            loop_entry(run // 4, WIDEN_GROUP),
        )
        return bind_bands(node, gemm, shape, widening)


KERNELS: tuple[TileDriver, ...] = (Conv2DDspBand(),)
