"""Depthwise 2-D convolution, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.base import weighted_range
from edgegen.ops.conv2d import Window


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseConv2D(Op):
    """``y[n,i,j,o] = requant(b[o] + sum(w[:,:,o] * patch(x)[n,i,j,:,:,o // m]))`` with depth multiplier m = co / ci.

    x: (n, h, w, ci) int8; w: (kh, kw, co) int8; b: (co,) int32. Zero point folded into b; padding contributes
    pad_value, which is that zero point.
    """

    op_name: ClassVar[str] = "depthwise_conv2d"

    x: Node
    w: Node
    b: Node
    window: Window
    pad_value: int
    requant: Requant

    @property
    def multiplier(self) -> int:
        """Output channels per input channel."""
        return self.w.type.shape[2] // self.x.type.shape[3]

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 4 or len(self.w.type.shape) != 3:
            raise self.error(f"x is {self.x.type}, w is {self.w.type}; they must have 4 and 3 axes")
        n, height, width, channels = self.x.type.shape
        kernel_h, kernel_w, out = self.w.type.shape
        if out % channels:
            raise self.error(f"w has {out} channels, not a multiple of x's {channels}")
        if (kernel_h, kernel_w) != self.window.kernel:
            raise self.error(f"w has a {kernel_h}x{kernel_w} kernel, the window is {self.window.kernel}")
        if self.b.type.shape != (out,):
            raise self.error(f"b is {self.b.type}, it must have {out} entries")
        if self.requant.channels not in (1, out):
            raise self.error(f"requant has {self.requant.channels} channels, w {out}")
        rows, columns = self.window.out_size(height, width)
        if rows < 1 or columns < 1:
            raise self.error(f"the window {self.window} does not fit into {height}x{width}")
        return TensorType((n, rows, columns, out), "int8", self.quant)

    def accumulate(self, x: Array, w: Array, b: Array) -> Array:
        """The accumulators before requantization, int64 (n, out_h, out_w, co)."""
        spread = np.repeat(x, self.multiplier, axis=3) if self.multiplier > 1 else x
        patches = self.window.patches(spread, self.pad_value)
        total = np.zeros((*patches.shape[:3], w.shape[2]), dtype=np.int64)
        for row, column in np.ndindex(*self.window.kernel):
            total += patches[:, :, :, row, column].astype(np.int32) * w[row, column].astype(np.int32)
        return total + b.astype(np.int64)

    def reference(self, *values: Array) -> Array:
        x, w, b = values
        return self.requant.apply(self.accumulate(x, w, b)).astype(np.int8)

    def accumulator_range(self) -> tuple[int, int]:
        """Bounds of the accumulator over all inputs and all orders of summation, from the actual weights."""
        return weighted_range(self, self.x, self.w, self.b, 2)

    def macs(self) -> int:
        n, rows, columns, _ = self.type.shape
        return n * rows * columns * self.w.type.size
