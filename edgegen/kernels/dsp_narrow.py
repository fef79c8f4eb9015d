"""conv2d of few input channels on the register tile: rows of a window that are not whole words are put together.

A padded copy of the image, or of the rows under one row of outputs, frees the gathering of all cases at the border; its
offsets are immediates. Of a row of `run` bytes, 4 * (run // 4) are whole words; one or two bytes that are left are
joined over the rows (a 3x3 window of 3 channels: 6 words and one of three ninth bytes, 28 columns for 27 inputs); three
are padded to a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import int16_params, int32_params, too_large
from edgegen.kernels.dsp_gemm import (
    WIDEN_GROUP,
    Gemm,
    TileDriver,
    gemm_functions,
    gemm_params,
    positions_instructions,
    reason_without_form,
    stream_table,
)
from edgegen.ops.conv2d import Conv2D
from edgegen.target import Target

#: gathering is unrolled: 52 bytes of code and more for each
_MOST_GROUPS = 16
#: a padded image of at most so many bytes is copied as a whole
_WHOLE_BYTES = 4096
#: of the padded copy
_MOST_BYTES = 8192
_LOADS = {1: "ldrb", 2: "ldrh", 4: "ldr"}


@dataclass(frozen=True)
class _Part:
    """Bytes of one group of 4 inputs that one load brings: bit position, and offset from the window's first byte."""

    load: str
    offset: int
    shift: int


@dataclass(frozen=True)
class _Group:
    """One word of 4 inputs. bytes: offsets of its bytes, for the portable twin. inputs: columns of w, -1 for none."""

    parts: tuple[_Part, ...]
    bytes: tuple[int, ...]
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Shape:
    """How a node is cut: whole image or bands, rows, columns and bytes per row of the padded copy, groups of inputs."""

    whole: bool
    rows: int
    columns: int
    pitch: int
    groups: tuple[_Group, ...]

    @property
    def nbytes(self) -> int:
        """Of the padded copy; the last word of a window may be read beyond a row's end."""
        return (self.rows * self.pitch + 4 + 7) // 8 * 8


def _groups(kernel_h: int, run: int, row_pitch: int) -> tuple[_Group, ...]:
    """The words of a window of kernel_h rows of run bytes, row_pitch bytes apart."""
    words = run // 4 + (run % 4 == 3)
    found = []
    for row in range(kernel_h):
        for word in range(words):
            at, first = row * row_pitch + 4 * word, row * run + 4 * word
            inputs = tuple(first + i if 4 * word + i < run else -1 for i in range(4))
            found.append(_Group((_Part("ldr", at, 0),), (at, at + 1, at + 2, at + 3), inputs))
    left = run - 4 * words
    if left <= 0:
        return tuple(found)
    per_word = 4 // left
    for start in range(0, kernel_h, per_word):
        rows = range(start, min(start + per_word, kernel_h))
        parts = tuple(
            _Part(_LOADS[left], row * row_pitch + 4 * words, 8 * left * number) for number, row in enumerate(rows)
        )
        offsets = tuple(part.offset + i for part in parts for i in range(left))
        inputs = tuple(row * run + 4 * words + i for row in rows for i in range(left))
        found.append(_Group(parts, offsets, (*inputs, *(-1,) * (4 - len(inputs)))))
    return tuple(found)


@lru_cache(maxsize=256)
def shape_of(node: Conv2D) -> Shape:
    """How the node would be cut, whether or not it is accepted."""
    window = node.window
    _, out_h, out_w, _ = node.type.shape
    in_c = node.x.type.shape[3]
    span_h = (window.kernel[0] - 1) * window.dilation[0] + 1
    columns = (out_w - 1) * window.stride[1] + window.kernel[1]
    rows = (out_h - 1) * window.stride[0] + span_h
    pitch = columns * in_c
    whole = rows * pitch <= _WHOLE_BYTES
    row_pitch = pitch * (window.dilation[0] if whole else 1)
    groups = _groups(window.kernel[0], window.kernel[1] * in_c, row_pitch)
    return Shape(whole, rows if whole else window.kernel[0], columns, pitch, groups)


def gather_function(node: Conv2D, shape: Shape, bits: int) -> Function:
    """The unrolled gathering for a window's shape and pitch."""
    kernel_h, kernel_w = node.window.kernel
    return Function(
        f"dsp_gather_int{bits}_{kernel_h}x{kernel_w}x{node.x.type.shape[3]}_{shape.groups[-1].bytes[0]}_{shape.pitch}",
        "dsp_narrow_gather.c.j2",
        {
            "bits": bits,
            "words": tuple(group.parts[0].offset for group in shape.groups if group.parts[0].load == "ldr"),
            "joined": tuple(group.parts for group in shape.groups if group.parts[0].load != "ldr"),
            "bytes": tuple(group.bytes for group in shape.groups),
        },
        code_bytes=14 + 4 * int(_gather_instructions(shape)) - 12,
    )


@dataclass(frozen=True)
class Widening:
    """How the inputs of 4 positions are widened: the function, its instructions, and its walk over a window's rows."""

    function: Function
    instructions: float
    run: int = 0
    rows: int = 0
    gap: int = 0
    entry: int = 0


def reason_without_band(node: Conv2D, shape: Shape) -> str | None:
    """None when a padded copy of the image, or of rows under one row of outputs, serves the node; or the reason."""
    if node.x.type.shape[0] != 1:
        return f"batch is {node.x.type.shape[0]}; it must be 1"
    if node.window.dilation[1] != 1 and node.window.kernel[1] > 1:
        return "the window is dilated in width"
    if shape.nbytes > _MOST_BYTES:
        return f"the padded rows of {shape.pitch} bytes are too long"
    if node.type.shape[2] < 4 and (not shape.whole or node.type.shape[1] * node.type.shape[2] < 4):
        return "there are fewer than 4 positions in a row"
    return None


def bind_bands(node: Conv2D, gemm: Gemm, shape: Shape, widening: Widening) -> Lowered:
    """The node on the driver of padded copies."""
    window = node.window
    out_h, out_w, out_c = node.type.shape[1:]
    bands, positions = (1, out_h * out_w) if shape.whole else (out_h, out_w)
    _, in_h, in_w, in_c = node.x.type.shape
    per_band = 60 + shape.rows * (40 + 0.72 * shape.pitch)
    return Lowered(
        Function("conv2d_s8_dsp_bands", "dsp_bands.c.j2", {}, code_bytes=830),
        gemm_params(gemm, "widen", widening.function, positions)
        + int32_params(positions=positions, next_row=window.stride[0] * shape.pitch, widen_entry=widening.entry)
        + int16_params(
            in_h=in_h,
            in_w=in_w,
            in_c=in_c,
            out_w=out_w,
            out_c=out_c,
            stride_h=window.stride[0],
            pad_top=window.padding[0],
            pad_left=window.padding[2],
            pad_value=node.pad_value,
            bands=bands,
            rows=shape.rows,
            row_step=1 if shape.whole else window.dilation[0],
            columns=shape.columns,
            next=window.stride[1] * in_c,
            acts_bytes=32 * gemm.groups,
            padded_bytes=shape.nbytes,
            run=widening.run,
            kernel_h=widening.rows,
            gap=widening.gap,
        ),
        (stream_table(gemm),),
        workspace=32 * gemm.groups + shape.nbytes + 8,
        helpers=(*gemm_functions(gemm, positions), widening.function),
        runtime=("eg_dsp.h",),
        instructions=60 + bands * (per_band + positions_instructions(gemm, positions, 62 + widening.instructions)),
        weight_bytes=gemm.weight_bytes,
    )


def _gather_instructions(shape: Shape) -> float:
    return 6.0 + sum(WIDEN_GROUP + 8 * (len(group.parts) - 1) for group in shape.groups)


class Conv2DDspNarrow(TileDriver):
    """Windows of at most 64 inputs, undilated in width; batch 1; rows of at least 4 outputs, or a small image."""

    name = "dsp_narrow"
    op = Conv2D

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        shape = shape_of(node)
        reason = reason_without_band(node, shape)
        if reason is not None:
            return reason
        if len(shape.groups) > _MOST_GROUPS:
            return f"the window has {len(shape.groups)} words; it takes up to {_MOST_GROUPS}"
        if max(byte for group in shape.groups for byte in group.bytes) > 4095:
            return f"the padded rows of {shape.pitch} bytes are too long"
        return reason_without_form(node, target) or too_large((*node.x.type.shape, *node.type.shape))

    def matrix(self, node: Conv2D) -> Array:
        """Columns in the order of the gathered groups; zeros where a group has no input."""
        order = np.array([i for group in shape_of(node).groups for i in group.inputs])
        return np.where(order >= 0, super().matrix(node)[:, np.maximum(order, 0)], 0).astype(np.int8)

    def bind(self, node: Conv2D, gemm: Gemm) -> Lowered:
        shape = shape_of(node)
        gather = gather_function(node, shape, gemm.bits)
        return bind_bands(node, gemm, shape, Widening(gather, _gather_instructions(shape)))


KERNELS: tuple[Kernel, ...] = (Conv2DDspNarrow(),)
