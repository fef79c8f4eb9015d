"""Operators that move or select values, and those that compute shapes at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod

import numpy as np

from edgegen.frontends.onnx.context import MAX_FOLDED, Context
from edgegen.frontends.onnx.linear import from_image, image, image_shape
from edgegen.frontends.onnx.quantization import lookup, real_codes
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, QuantParams
from edgegen.ops.concat import Concat
from edgegen.ops.pad import Pad
from edgegen.ops.resize_nearest import ResizeNearest

_MAX_SIDE = 1 << 15


def moved(context: Context, tensor: Tensor, shape: tuple[int, ...], move: Callable[[Value], Value]) -> Tensor:
    """The result of an operator that moves values, whether they have their scale yet or not."""
    match tensor:
        case Value():
            return move(tensor)
        case Pending():
            return tensor.moved(shape, move)
    raise RefuseError("its operand is constant")


def _folded(constant: Constant, array: Array) -> Constant:
    """A constant with the same elements in another shape."""
    if constant.stored is None:
        return Constant(array)
    if constant.axis is not None:
        raise RefuseError("it reshapes weights with a scale per channel", "Export the weights in their final shape")
    return replace(constant, array=array, stored=constant.stored.reshape(array.shape))


def reshaped(context: Context, tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The tensor under another shape of as many elements."""
    if prod(shape) != prod(tensor.shape) or not all(d > 0 for d in shape):
        raise context.error(f"it gives {tensor.shape} the shape {shape}; both must have as many elements")
    match tensor:
        case Constant():
            return _folded(tensor, tensor.array.reshape(shape))
    return moved(context, tensor, shape, lambda value: value.reshaped(shape))


def reshape(context: Context) -> Tensor:
    """Reshape, with 0 (keep) and -1 (the rest)."""
    tensor, wanted = context.tensor(0), list(context.integers(1))
    if not context.attribute("allowzero", 0):
        wanted = [tensor.shape[i] if size == 0 and i < len(tensor.shape) else size for i, size in enumerate(wanted)]
    if wanted.count(-1) == 1:
        rest = prod(size for size in wanted if size != -1)
        wanted[wanted.index(-1)] = prod(tensor.shape) // rest if rest else 0
    return reshaped(context, tensor, tuple(wanted))


def flatten(context: Context) -> Tensor:
    """Flatten to a matrix."""
    shape = context.tensor(0).shape
    axis = int(context.attribute("axis", 1))
    if not -len(shape) <= axis <= len(shape):
        raise context.error(f"axis is {axis}; its operand has {len(shape)} axes")
    axis += len(shape) * (axis < 0)
    return reshaped(context, context.tensor(0), (prod(shape[:axis]), prod(shape[axis:])))


def _axes(context: Context, rank: int) -> list[int]:
    given = context.integers(1) if context.has(1) else tuple(context.attribute("axes") or ())
    axes = [axis + rank * (axis < 0) for axis in given]
    if any(not 0 <= axis < rank for axis in axes):
        raise context.error(f"axes are {list(given)}; there are {rank}")
    return axes


def squeeze(context: Context) -> Tensor:
    """Squeeze: drops axes of size 1."""
    shape = context.tensor(0).shape
    axes = _axes(context, len(shape)) or [i for i, size in enumerate(shape) if size == 1]
    return reshaped(context, context.tensor(0), tuple(size for i, size in enumerate(shape) if i not in axes))


def unsqueeze(context: Context) -> Tensor:
    """Unsqueeze: adds axes of size 1."""
    shape = list(context.tensor(0).shape)
    count = len(context.integers(1) if context.has(1) else context.attribute("axes") or ())
    for axis in sorted(_axes(context, len(shape) + count)):
        shape.insert(axis, 1)
    return reshaped(context, context.tensor(0), tuple(shape))


def transpose(context: Context) -> Tensor:
    """Transpose: another order of axes, which mostly costs nothing."""
    tensor = context.tensor(0)
    rank = len(tensor.shape)
    perm = tuple(context.attribute("perm") or range(rank - 1, -1, -1))
    if sorted(perm) != list(range(rank)):
        raise context.error(f"perm is {perm}; its operand has {rank} axes")
    match tensor:
        case Constant():
            return tensor.transposed(perm)
    shape = tuple(tensor.shape[axis] for axis in perm)
    return moved(context, tensor, shape, lambda value: value.transposed(perm, context.origin))


def identity(context: Context) -> Tensor:
    """Identity, Dropout (which does nothing at inference)."""
    return context.tensor(0)


def concat(context: Context) -> Tensor:
    """Concat: operands of other scales than the result's go through a table first."""
    tensors = [context.tensor(slot) for slot in range(len(context.info.inputs))]
    rank = len(tensors[0].shape) if tensors else 0
    axis = context.axis(rank) if rank else 0
    shapes = [tensor.shape for tensor in tensors]
    rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(rest) != 1 or any(len(shape) != rank for shape in shapes) or rank == 0:
        raise context.error(f"its operands have shapes {shapes}, which do not join along axis {axis}")
    arrays = [array for tensor in tensors if (array := _small_constant(tensor)) is not None]
    if arrays and len(arrays) == len(tensors):
        return Constant(np.concatenate(arrays, axis=axis))
    values = [context.value(slot) for slot in range(len(tensors))]
    shape = (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])
    # All in the layout of the first, where it is a plain order of axes.
    axes = values[0].axes if values[0].factors == values[0].shape else tuple(range(rank))

    def build(quant: QuantParams, low: float, high: float) -> Value:
        nodes = []
        for value in values:
            own = value.quant
            assert own is not None
            if own != quant or (low, high) != (-np.inf, np.inf):
                value = lookup(context, value, "requantize", np.clip(real_codes(own), low, high), quant)
            nodes.append(value.arranged(value.shape, axes, context.origin))
        node = Concat(xs=tuple(nodes), axis=axes.index(axis), quant=quant, origin=context.origin)
        return Value(node, shape, shape, axes, quant, False)

    return Pending(shape, build)


def _small_constant(tensor: Tensor) -> Array | None:
    """The array of a constant that is small enough to compute with at import."""
    match tensor:
        case Constant(array=array, stored=None) if array.size <= MAX_FOLDED:
            return array
    return None


def pad(context: Context) -> Tensor:
    """Pad with a constant."""
    if context.attribute("mode", "constant") != "constant" or context.has(3):
        raise RefuseError("it pads with other than a constant on all axes", "Use mode = constant")
    tensor, pads = context.tensor(0), context.integers(1)
    rank = len(tensor.shape)
    if len(pads) != 2 * rank or min(pads) < 0 or max(pads) > _MAX_SIDE:
        raise context.error(f"pads are {pads}; they must be {2 * rank} numbers of 0 or more")
    real = context.scalar(2) if context.has(2) else 0.0
    shape = tuple(pads[i] + size + pads[rank + i] for i, size in enumerate(tensor.shape))

    def move(value: Value) -> Value:
        value = value.split(context.origin)
        quant = value.quant
        if quant is None:
            raise RefuseError("its operand is not quantised")
        code = int(np.clip(np.rint(real / quant.scale[0]) + quant.zero_point[0], -128, 127))
        padding = tuple((pads[axis], pads[rank + axis]) for axis in value.axes)
        node = Pad(x=value.node, padding=padding, value=code, quant=quant, origin=context.origin)
        return replace(value, node=node, shape=shape, factors=shape)

    return moved(context, tensor, shape, move)


#: nearest_mode -> the element for a position between two
_NEAREST: dict[str, Callable[[Array], Array]] = {
    "ceil": np.ceil,
    "floor": np.floor,
    "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    "round_prefer_floor": lambda x: np.ceil(x - 0.5),
}


def _sources(context: Context, size: int, factor: int) -> tuple[int, ...]:
    """The source index of each of size * factor results."""
    place = context.attribute("coordinate_transformation_mode", "half_pixel")
    nearest = _NEAREST.get(context.attribute("nearest_mode", "round_prefer_floor"))
    if place not in ("half_pixel", "pytorch_half_pixel", "asymmetric") or nearest is None:
        raise RefuseError(f"it places elements as '{place}'", "Use half_pixel or asymmetric")
    shift = 0.0 if place == "asymmetric" else 0.5
    position = (np.arange(size * factor) + shift) / factor - shift
    return tuple(int(i) for i in np.clip(nearest(position), 0, size - 1))


def resize(context: Context) -> Tensor:
    """Resize to the nearest neighbour by whole factors."""
    tensor = context.tensor(0)
    shape = tensor.shape
    if context.attribute("mode", "nearest") != "nearest" or len(shape) != 4 or context.attribute("axes"):
        raise RefuseError("it interpolates or names axes", "Only mode = nearest, without axes, can be compiled")
    if context.has(3):
        wanted: tuple[float, ...] = context.integers(3)
    else:
        scales = context.constant(2).array.reshape(-1)
        if len(scales) != 4:
            raise context.error(f"it has {len(scales)} scales; it must have 4")
        wanted = tuple(size * float(scale) for size, scale in zip(shape, scales, strict=True))
    factors = [int(new // size) for new, size in zip(wanted, shape, strict=True)] if len(wanted) == 4 else []
    exact = [size * factor for size, factor in zip(shape, factors, strict=False)] == list(wanted)
    if not exact or factors[:2] != [1, 1] or min(factors) < 1 or max(wanted) > _MAX_SIDE:
        raise RefuseError(f"it resizes {shape} to {tuple(wanted)}", "Resize rows and columns by whole factors")
    rows, columns = (_sources(context, shape[axis], factors[axis]) for axis in (2, 3))

    def move(value: Value) -> Value:
        quant = value.quant or QuantParams((1.0,), (0,))
        node = ResizeNearest(
            x=image(context, value), rows=rows, columns=columns, quant=value.quant, origin=context.origin
        )
        return replace(from_image(node, quant, 4), quant=value.quant, integer=value.integer, unsigned=value.unsigned)

    return moved(context, tensor, image_shape(shape, shape[1], (len(rows), len(columns))), move)


# Shapes, computed at import


def constant(context: Context) -> Tensor:
    """Constant."""
    for name in ("value", "value_int", "value_ints", "value_float", "value_floats"):
        found = context.attribute(name)
        if found is not None:
            dtype = np.int64 if "int" in name else np.float32
            return Constant(found if name == "value" else np.asarray(found, dtype=dtype))
    raise RefuseError("its value is of a kind that cannot be read")


def shape_of(context: Context) -> Tensor:
    """Shape."""
    shape = context.tensor(0).shape
    start, end = context.attribute("start", 0), context.attribute("end")
    return Constant(np.asarray(shape[start:end], dtype=np.int64))


def gather(context: Context) -> Tensor:
    """Gather from a constant."""
    array, indices = context.constant(0).array, context.constant(1).array
    if array.size > MAX_FOLDED or indices.size > MAX_FOLDED or indices.dtype.kind not in "iu":
        raise RefuseError("it gathers from more than a shape")
    axis = context.axis(array.ndim, 0)
    if indices.size and (indices.min() < -array.shape[axis] or indices.max() >= array.shape[axis]):
        raise context.error(f"its indices leave the axis of {array.shape[axis]}")
    return Constant(np.take(array, indices, axis=axis))


def cast(context: Context) -> Tensor:
    """Cast of a constant to an integer or float type."""
    array = context.constant(0).array
    kinds = {1: np.float32, 6: np.int32, 7: np.int64, 11: np.float64}
    dtype = kinds.get(int(context.attribute("to", 0)))
    if dtype is None or array.size > MAX_FOLDED:
        raise RefuseError("it casts more than a shape")
    return Constant(np.nan_to_num(array).astype(dtype))


IMPORTERS = (
    ("Cast", cast),
    ("Concat", concat),
    ("Constant", constant),
    ("Dropout", identity),
    ("Flatten", flatten),
    ("Gather", gather),
    ("Identity", identity),
    ("Pad", pad),
    ("Reshape", reshape),
    ("Resize", resize),
    ("Shape", shape_of),
    ("Squeeze", squeeze),
    ("Transpose", transpose),
    ("Unsqueeze", unsqueeze),
)
