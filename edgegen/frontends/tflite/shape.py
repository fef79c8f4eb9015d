"""Operators that move values without computing."""

from __future__ import annotations

import numpy as np

from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.context import Context, placeholder
from edgegen.ir import Node
from edgegen.ops.concat import Concat
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.transpose import Transpose, moves_elements

#: most rows or columns of a resized image
_MAX_SIDE = 1 << 15


def reshape(context: Context) -> Node:
    """RESHAPE, SQUEEZE, EXPAND_DIMS: the file states the output's shape."""
    context.require_same_quant()
    return Reshape(x=context.int8(0), shape=context.output.shape, quant=context.out_quant, origin=context.origin)


def shape_arithmetic(context: Context) -> Node:
    """SHAPE, PACK, STRIDED_SLICE on int32: they compute shapes, which the file states anyway; nothing is left of them.

    A consumer that would use the values as data refuses them, since it takes int8 only.
    """
    if context.output.dtype not in ("int32", "int64"):
        raise RefuseError(f"the operator {context.operator.name} is not supported on {context.output.dtype}")
    return placeholder(context.output, context.origin)


def transpose(context: Context) -> Node:
    """TRANSPOSE; a Reshape when no element moves."""
    context.require_same_quant()
    x = context.int8(0)
    rank = len(x.type.shape)
    perm = tuple(int(axis) + rank * (axis < 0) for axis in context.constant(1).reshape(-1))
    if sorted(perm) != list(range(rank)):
        raise context.error(f"its permutation {perm} does not fit its input {context.info(0)}")
    if not moves_elements(x.type.shape, perm):
        shape = tuple(x.type.shape[axis] for axis in perm)
        return Reshape(x=x, shape=shape, quant=context.out_quant, origin=context.origin)
    return Transpose(x=x, perm=perm, quant=context.out_quant, origin=context.origin)


def pad(context: Context) -> Node:
    """PAD with the zero point, PADV2 with a constant of the input's scale."""
    context.require_same_quant()
    pairs = context.constant(1)
    rank = len(context.info(0).shape)
    if pairs.shape != (rank, 2):
        raise context.error(f"its paddings {context.info(1)} must have shape {rank}x2")
    value = context.out_quant.zero_point[0]
    if context.has(2):
        if context.quant(2) != context.out_quant:
            raise RefuseError("its padding value has another scale than its input")
        value = int(context.constant(2).reshape(-1)[0])
    padding = tuple((int(before), int(after)) for before, after in pairs)
    return Pad(x=context.int8(0), padding=padding, value=value, quant=context.out_quant, origin=context.origin)


def concatenation(context: Context) -> Node:
    """CONCATENATION; LiteRT wants all operands in the output's scale."""
    if context.option("FusedActivationFunction") != 0:
        raise RefuseError("it has a fused activation", "Export it without")
    slots = range(len(context.operator.inputs))
    if not slots:
        raise context.error("it has no operands")
    for slot in slots:
        context.require_same_quant(slot)
    axis = int(context.option("Axis"))
    axis += len(context.output.shape) * (axis < 0)
    return Concat(
        xs=tuple(context.int8(slot) for slot in slots), axis=axis, quant=context.out_quant, origin=context.origin
    )


def source_indices(size: int, out: int, align_corners: bool, half_pixel: bool) -> tuple[int, ...]:
    """The source index of each output index, in float32 as TFLite computes it."""
    scale = (
        np.float32(size - 1) / np.float32(out - 1) if align_corners and out > 1 else np.float32(size) / np.float32(out)
    )
    position = (np.arange(out, dtype=np.float32) + np.float32(0.5 if half_pixel else 0.0)) * scale
    index = np.floor(position + np.float32(0.5)) if align_corners else np.floor(position)
    return tuple(int(i) for i in np.clip(index, 0, size - 1))


def resize_nearest_neighbor(context: Context) -> Node:
    """RESIZE_NEAREST_NEIGHBOR to the size that the file states."""
    context.require_same_quant()
    x = context.int8(0)
    shapes = (x.type.shape, context.output.shape)
    if any(len(shape) != 4 for shape in shapes) or max(shapes[1][1:3]) > _MAX_SIDE:
        raise context.error(
            f"it resizes {context.info(0)} to {context.output}; both must have 4 axes, sides below 2**15"
        )
    flags = (bool(context.option("AlignCorners")), bool(context.option("HalfPixelCenters")))
    rows, columns = (source_indices(shapes[0][axis], shapes[1][axis], *flags) for axis in (1, 2))
    return ResizeNearest(x=x, rows=rows, columns=columns, quant=context.out_quant, origin=context.origin)


IMPORTERS = (
    ("CONCATENATION", concatenation),
    ("EXPAND_DIMS", reshape),
    ("PACK", shape_arithmetic),
    ("PAD", pad),
    ("PADV2", pad),
    ("RESHAPE", reshape),
    ("RESIZE_NEAREST_NEIGHBOR", resize_nearest_neighbor),
    ("SHAPE", shape_arithmetic),
    ("SQUEEZE", reshape),
    ("STRIDED_SLICE", shape_arithmetic),
    ("TRANSPOSE", transpose),
)
