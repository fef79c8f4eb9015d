"""Ops that only move elements, in portable C: transpose, pad, concat, resize_nearest."""

from __future__ import annotations

from math import prod

import numpy as np

from edgegen.formats.base import Table
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import estimate, int32_params
from edgegen.ops.concat import Concat
from edgegen.ops.pad import Pad
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.transpose import Transpose
from edgegen.target import Target

#: nested loops of the transpose and pad kernels
AXES = 4


def merged_transpose(shape: tuple[int, ...], perm: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(sizes, input strides) of the output's axes; axes of size 1 are dropped, axes that stay together merged."""
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    sizes: list[int] = []
    steps: list[int] = []
    for axis in perm:
        if shape[axis] == 1:
            continue
        if steps and steps[-1] == strides[axis] * shape[axis]:
            sizes[-1] *= shape[axis]
            steps[-1] = strides[axis]
        else:
            sizes.append(shape[axis])
            steps.append(strides[axis])
    return tuple(sizes), tuple(steps)


class TransposePortable(Kernel):
    """Four nested loops over the output's axes."""

    name = "portable"
    op = Transpose

    def accepts(self, node: Transpose, target: Target) -> str | None:
        count = len(merged_transpose(node.x.type.shape, node.perm)[0])
        if count > AXES:
            return f"{count} axes move separately; the kernel has {AXES} loops"
        return None if node.x.type.dtype == "int8" else f"elements are {node.x.type.dtype}, the kernel moves int8"

    def lower(self, node: Transpose, weight_format: str, target: Target) -> Lowered:
        sizes, steps = merged_transpose(node.x.type.shape, node.perm)
        sizes = (1,) * (AXES - len(sizes)) + sizes
        steps = (0,) * (AXES - len(steps)) + steps
        values = {f"size_{i}": v for i, v in enumerate(sizes)} | {f"step_{i}": v for i, v in enumerate(steps)}
        return Lowered(
            Function("transpose_s8_portable", "transpose_portable.c.j2", code_bytes=120),
            int32_params(**values),
            instructions=estimate(
                target, transpose_output=node.type.size, transpose_row=node.type.size / sizes[-1]
            ),
        )


def merged_pad(node: Pad) -> tuple[tuple[int, int, int], ...]:
    """(before, size, after) per axis; unpadded axes are merged into the padded axis before them."""
    merged: list[list[int]] = []
    for size, (before, after) in zip(node.x.type.shape, node.padding, strict=True):
        if merged and not before and not after:
            merged[-1] = [value * size for value in merged[-1]]
        else:
            merged.append([before, size, after])
    return tuple((b, s, a) for b, s, a in merged)


class PadPortable(Kernel):
    """Fill everything, then copy x's runs to their places."""

    name = "portable"
    op = Pad

    def accepts(self, node: Pad, target: Target) -> str | None:
        count = len(merged_pad(node))
        return f"{count} axes are padded separately; the kernel has {AXES} loops" if count > AXES else None

    def lower(self, node: Pad, weight_format: str, target: Target) -> Lowered:
        axes = ((0, 1, 0),) * (AXES - len(merged_pad(node))) + merged_pad(node)
        values: dict[str, int] = {}
        for i, (before, size, after) in enumerate(axes):
            values |= {f"before_{i}": before, f"size_{i}": size, f"total_{i}": before + size + after}
        return Lowered(
            Function("pad_s8_portable", "pad_portable.c.j2", code_bytes=160),
            int32_params(**values, value=node.value),
            runtime=("eg_move.h",),
            instructions=estimate(
                target,
                fill_byte=node.type.size,
                copy_byte=node.x.type.size,
                copy_run=node.x.type.size / axes[-1][1],
            ),
        )


class ConcatPortable(Kernel):
    """One run per operand and outer index."""

    name = "portable"
    op = Concat

    def accepts(self, node: Concat, target: Target) -> str | None:
        constants = len(node.xs) - len(node.data_operands)
        return f"{constants} operand(s) are constants; the kernel takes tensors" if constants else None

    def lower(self, node: Concat, weight_format: str, target: Target) -> Lowered:
        inner = {f"run_{i}": prod(x.type.shape[node.axis :]) for i, x in enumerate(node.xs)}
        return Lowered(
            Function(f"concat_s8_portable_{len(node.xs)}", "concat_portable.c.j2", {"count": len(node.xs)}, 100),
            int32_params(outer=prod(node.type.shape[: node.axis]), **inner),
            runtime=("eg_move.h",),
            instructions=estimate(
                target, copy_byte=node.type.size, copy_run=prod(node.type.shape[: node.axis]) * len(node.xs)
            ),
        )


class ResizeNearestPortable(Kernel):
    """One run of channels per output position; rows and columns from tables."""

    name = "portable"
    op = ResizeNearest

    def accepts(self, node: ResizeNearest, target: Target) -> str | None:
        batch = node.x.type.shape[0]
        return None if batch == 1 else f"batch is {batch}; the kernel takes 1"

    def lower(self, node: ResizeNearest, weight_format: str, target: Target) -> Lowered:
        _, _, width, channels = node.x.type.shape
        return Lowered(
            Function("resize_nearest_s8_portable", "resize_nearest_portable.c.j2", code_bytes=100),
            int32_params(out_h=len(node.rows), out_w=len(node.columns), in_w=width, channels=channels),
            (
                Table("rows", np.array(node.rows, dtype=np.uint16)),
                Table("columns", np.array(node.columns, dtype=np.uint16)),
            ),
            runtime=("eg_move.h",),
            instructions=estimate(target, copy_byte=node.type.size, copy_run=node.type.size / channels),
        )


KERNELS = (TransposePortable(), PadPortable(), ConcatPortable(), ResizeNearestPortable())
