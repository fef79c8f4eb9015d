"""2-D convolution, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.base import exact_matmul, weighted_range


@dataclass(frozen=True)
class Window:
    """A sliding window over rows and columns: kernel, stride, dilation and explicit padding, in elements."""

    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    #: top, bottom, left, right
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)

    def out_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the output; 0 or less when the window does not fit."""
        top, bottom, left, right = self.padding
        span_h = (self.kernel[0] - 1) * self.dilation[0] + 1
        span_w = (self.kernel[1] - 1) * self.dilation[1] + 1
        return (
            (height + top + bottom - span_h) // self.stride[0] + 1,
            (width + left + right - span_w) // self.stride[1] + 1,
        )

    def patches(self, x: Array, pad_value: int) -> Array:
        """x: (n, h, w, c) -> (n, out_h, out_w, kernel_h, kernel_w, c), padded with pad_value."""
        top, bottom, left, right = self.padding
        padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=pad_value)
        span_h = (self.kernel[0] - 1) * self.dilation[0] + 1
        span_w = (self.kernel[1] - 1) * self.dilation[1] + 1
        view = sliding_window_view(padded, (span_h, span_w), axis=(1, 2))
        view = view[:, :: self.stride[0], :: self.stride[1], :, :: self.dilation[0], :: self.dilation[1]]
        patches: Array = view.transpose(0, 1, 2, 4, 5, 3)
        return patches


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv2D(Op):
    """``y[n,i,j,o] = requant(b[o] + sum(w[o,:,:,:] * patch(x)[n,i,j]))``.

    x: (n, h, w, ci) int8; w: (co, kh, kw, ci) int8; b: (co,) int32. The input zero point is already folded into b;
    padding contributes pad_value, which is that zero point.
    """

    op_name: ClassVar[str] = "conv2d"

    x: Node
    w: Node
    b: Node
    window: Window
    pad_value: int
    requant: Requant

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 4 or len(self.w.type.shape) != 4:
            raise self.error(f"x is {self.x.type}, w is {self.w.type}; both must have 4 axes")
        n, height, width, channels = self.x.type.shape
        out, kernel_h, kernel_w, in_channels = self.w.type.shape
        if in_channels != channels:
            raise self.error(f"x has {channels} channels, w takes {in_channels}")
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
        patches = self.window.patches(x, self.pad_value)
        flat = patches.reshape(*patches.shape[:3], -1)
        return exact_matmul(flat, w.reshape(w.shape[0], -1).T) + b.astype(np.int64)

    def reference(self, *values: Array) -> Array:
        x, w, b = values
        return self.requant.apply(self.accumulate(x, w, b)).astype(np.int8)

    def accumulator_range(self) -> tuple[int, int]:
        """Bounds of the accumulator over all inputs and all orders of summation, from the actual weights."""
        return weighted_range(self, self.x, self.w, self.b, 0)

    def macs(self) -> int:
        n, rows, columns, _ = self.type.shape
        return n * rows * columns * self.w.type.size
