"""One importer per operator of a QONNX graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from edgegen.frontends.qonnx.context import Context
from edgegen.frontends.qonnx.quantizers import Quantizer, bipolar, int_quant, multi_threshold, quantize
from edgegen.frontends.qonnx.tensors import Codes, Index, Known, Real, Step, Sums, Tensor, sums_of
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Const, Node, QuantParams
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.arg_max import ArgMax
from edgegen.ops.lut import Lut
from edgegen.ops.reshape import Reshape
from edgegen.passes.levels import levels

Importer = Callable[[Context], Tensor]

# Quantisers


def _quantized(context: Context, quantizer: Quantizer) -> Tensor:
    return quantize(context.real(0), quantizer, context.origin, context.state.make_input)


def _constant(context: Context, known: Known, quantizer: Quantizer) -> Known:
    """A constant quantised with any array of scales; divided in its own precision, as the runtimes do."""
    scale = context.array(1)
    if not (scale > 0).all():
        raise RefuseError("its scales are not all positive")
    spread = context.spread(scale, known.shape)
    with np.errstate(over="ignore"):  # infinity is clamped as any large number
        scaled = known.array / spread
    codes = quantizer.codes(scaled.reshape(1, -1)).reshape(known.shape) - round(quantizer.zero)
    return Known(codes * spread, codes, spread.astype(np.float64))


def quant(context: Context) -> Tensor:
    """Quant, IntQuant: operands x, scale, zero point, bits."""
    signed, narrow = bool(context.number("signed", 1)), bool(context.number("narrow", 1))
    rounding = str(context.info.attributes.get("rounding_mode", "ROUND"))
    zero, bits = context.scalar(2), context.scalar(3)
    if bits != round(bits):
        raise RefuseError(f"it quantises to {bits} bits")
    match context.tensor(0):
        case Known() as known:
            return _constant(context, known, int_quant(1.0, zero, int(bits), signed, narrow, rounding))
    return _quantized(context, int_quant(context.scalar(1), zero, int(bits), signed, narrow, rounding))


def bipolar_quant(context: Context) -> Tensor:
    """BipolarQuant: operands x, scale."""
    match context.tensor(0):
        case Known() as known:
            return _constant(context, known, bipolar(1.0))
    return _quantized(context, bipolar(context.scalar(1)))


def multi_threshold_(context: Context) -> Tensor:
    """MultiThreshold: operands x, thresholds (channels or 1, count)."""
    real = context.real(0)
    channels = real.shape[1] if len(real.shape) > 1 else real.size
    if channels != real.size:
        raise RefuseError(f"its operand has shape {real.shape}; only (1, channels) can be compiled")
    scale, bias = float(context.number("out_scale", 1.0)), float(context.number("out_bias", 0.0))
    return _quantized(context, multi_threshold(context.array(1), scale, bias, real.size))


# Layers

_BIPOLAR = QuantParams((1.0,), (0,))


def _codes(real: Real, context: Context) -> Codes:
    """The integers of an activation, and the affine map that makes them real numbers."""
    match real.source:
        case Codes(node=node, scale=scale, zero=zero):
            values = levels(node)
        case Sums():
            raise RefuseError("it takes sums that nothing quantised", "Quantise every activation")
        case edge if edge.annotation == "BIPOLAR":
            # The file promises -1 and 1; a table keeps the promise for any other byte.
            source = context.state.make_input(edge, _BIPOLAR)
            table = tuple(1 if value >= 0 else -1 for value in range(-128, 128))
            node = Lut(x=source, table=table, function="bipolar", quant=_BIPOLAR, origin=source.origin)
            values, scale, zero = np.array([-1, 1]), 1.0, 0.0
        case edge:
            raise RefuseError(f"nothing quantises the input '{edge.name}'", "Quantise the model's input with Quant")
    if len(values) < 2:
        return Codes(node, scale, zero)
    # real = a * (scale * (q - zero)) + b
    a, b = real.uniform(scale * (values - zero))
    if a == 0:
        raise RefuseError("its operand is constant")
    return Codes(node, a * scale, zero - b / (a * scale))


def _dense(context: Context, weights: Known) -> Real:
    """x @ w.T for weights (rows, columns)."""
    real = context.real(0)
    ints, scales = weights.integers()
    rows, columns = ints.shape
    if real.size != columns or real.shape[-1] != columns:
        raise RefuseError(f"its operands have shapes {real.shape} and {(columns, rows)}; batch 1 can be compiled")
    if (scales != scales[:, :1]).any():
        raise RefuseError("its weights have scales along the reduction", "Quantise weights per output channel")
    codes = _codes(real, context)
    factor = codes.scale * scales[:, 0]
    offset = -codes.zero * ints.sum(axis=1, dtype=np.int64)
    x: Node = codes.node
    if x.type.shape != (1, columns):
        x = Reshape(x=x, shape=(1, columns), origin=context.origin)
    sums = Sums(x, np.ascontiguousarray(ints), context.origin)
    return Real(sums, (*real.shape[:-1], rows), (lambda values: (values + offset) * factor,))


def matmul(context: Context) -> Tensor:
    """MatMul by a constant matrix of (columns, rows)."""
    weights = context.known(1)
    if len(weights.shape) != 2:
        raise RefuseError(f"its weights have shape {weights.shape}; they must be a matrix")
    return _dense(context, weights.mapped(np.transpose))


def gemm(context: Context) -> Tensor:
    """Gemm: x @ w + c."""
    if context.number("transA", 0) or context.number("alpha", 1.0) != 1 or context.number("beta", 1.0) != 1:
        raise RefuseError("it has transA, alpha or beta; only their defaults can be compiled")
    weights = context.known(1)
    if len(weights.shape) != 2:
        raise RefuseError(f"its weights have shape {weights.shape}; they must be a matrix")
    result = _dense(context, weights if context.number("transB", 0) else weights.mapped(np.transpose))
    return _shifted(result, result.vector(context.array(2))) if context.has(2) else result


# Functions of one element


def _shifted(real: Real, by: Array) -> Real:
    return real.then(lambda values: values + by)


def _scaled(real: Real, by: Array) -> Real:
    return real.then(lambda values: values * by)


_ARITHMETIC: Mapping[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": lambda a, b: np.power(a.astype(np.float64), b.astype(np.float64)),
}


def _folded(context: Context, a: Array, b: Array) -> Known:
    """An operation on two constants, in their own precision."""
    larger, smaller = (a, b) if a.ndim >= b.ndim else (b, a)
    if a.size != 1 and b.size != 1:
        context.spread(smaller, larger.shape)
    result = _ARITHMETIC[context.info.op](a, b)
    if not np.isfinite(result).all():
        raise context.error("its result is not finite")
    return Known(result)


def arithmetic(context: Context) -> Tensor:
    """Add, Sub, Mul, Div of a tensor and a constant; these and Pow of two constants."""
    op = context.info.op
    with np.errstate(all="ignore"):
        match context.tensor(0), context.tensor(1):
            case Known() as a, Known() as b:
                return _folded(context, a.array, b.array)
            case Real() as real, Known() as constant if op != "Pow":
                by = real.vector(constant.array)
                match op:
                    case "Add" | "Sub":
                        return _shifted(real, by if op == "Add" else -by)
                    case _:
                        return _scaled(real, by if op == "Mul" else 1.0 / by)
            case Known() as constant, Real() as real if op in ("Add", "Mul", "Sub"):
                by = real.vector(constant.array)
                match op:
                    case "Mul":
                        return _scaled(real, by)
                    case _:
                        return _shifted(real if op == "Add" else _scaled(real, np.array(-1.0)), by)
    raise RefuseError("both its operands are computed at run time, or it divides by one")


def batch_normalization(context: Context) -> Tensor:
    """BatchNormalization with the stored statistics, channels on axis 1."""
    real = context.real(0)
    if len(real.shape) < 2:
        raise context.error(f"its operand has shape {real.shape}")
    channels = (1, real.shape[1], *(1,) * (len(real.shape) - 2))
    if any(context.array(slot).size != real.shape[1] for slot in (1, 2, 3, 4)):
        raise context.error(f"its operand has {real.shape[1]} channels, its parameters another number")
    scale, bias, mean, var = (real.vector(context.array(slot).reshape(channels)) for slot in (1, 2, 3, 4))
    epsilon = context.number("epsilon", 1e-5)
    if not (var + epsilon > 0).all():
        raise context.error("its variance and epsilon must be positive")
    factor = scale / np.sqrt(var + epsilon)
    return _shifted(_scaled(real, factor), bias - mean * factor)


def relu(context: Context) -> Tensor:
    """Relu."""
    step: Step = _positive
    return context.real(0).then(step)


def _positive(values: Array) -> Array:
    positive: Array = np.maximum(values, 0.0)
    return positive


def top_k(context: Context) -> Tensor:
    """TopK with k = 1, of which the position is read: the importer's second output."""
    real = context.real(0)
    axis = int(context.number("axis", -1)) % max(1, len(real.shape))
    k = context.scalar(1) if context.has(1) else context.number("k", 0)
    if k != 1 or axis != len(real.shape) - 1 or not context.number("largest", 1) or real.shape[-1] != real.size:
        raise RefuseError("it is no TopK of the one largest element along the last axis")
    sums = sums_of(real) if not isinstance(real.source, Codes) else None
    if sums is None:
        raise RefuseError("it looks for the largest of quantised values; only of a layer's sums can be compiled")
    low, high = sums.bounds(levels(sums.x))
    a, _ = real.uniform(np.array([low.min(), 0, high.max() + 1]))
    if a <= 0:
        raise RefuseError("its operand falls where the sums rise")
    return Index(ArgMax(x=accumulate(sums), origin=context.origin))


def accumulate(sums: Sums, params: QuantParams | None = None) -> AccumulateDense:
    """The sums themselves, as a node."""
    return AccumulateDense(x=sums.x, w=Const(value=sums.w), quant=params, origin=sums.origin)


# Shapes


def _reshaped(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    match tensor:
        case Known() as known:
            return known.mapped(lambda array: array.reshape(shape))
        case Real() as real:
            return replace(real, shape=shape)
    raise RefuseError("it reshapes a position")


def reshape(context: Context) -> Tensor:
    """Reshape; 0 keeps an axis, -1 is what is left."""
    tensor = context.tensor(0)
    size = prod(tensor.shape)
    wanted = [tensor.shape[i] if d == 0 and i < len(tensor.shape) else d for i, d in enumerate(context.integers("", 1))]
    known = prod(d for d in wanted if d != -1)
    if wanted.count(-1) > 1 or known < 1 or size % known or (-1 not in wanted and known != size):
        raise context.error(f"{tensor.shape} cannot become {tuple(wanted)}")
    return _reshaped(tensor, tuple(size // known if d == -1 else d for d in wanted))


def flatten(context: Context) -> Tensor:
    """Flatten."""
    tensor = context.tensor(0)
    axis = int(context.number("axis", 1))
    axis += len(tensor.shape) if axis < 0 else 0
    return _reshaped(tensor, (prod(tensor.shape[:axis]), prod(tensor.shape[axis:])))


def unsqueeze(context: Context) -> Tensor:
    """Unsqueeze."""
    tensor, axes = context.tensor(0), context.integers("axes", 1)
    rank = len(tensor.shape) + len(axes)
    places = {axis % rank for axis in axes}
    if len(places) != len(axes):
        raise context.error(f"its axes {axes} meet")
    rest = iter(tensor.shape)
    return _reshaped(tensor, tuple(1 if axis in places else next(rest) for axis in range(rank)))


def squeeze(context: Context) -> Tensor:
    """Squeeze."""
    tensor = context.tensor(0)
    places = {axis % max(1, len(tensor.shape)) for axis in context.integers("axes", 1)}
    if len(places) > len(tensor.shape) or any(tensor.shape[axis] != 1 for axis in places):
        raise context.error(f"it removes axes {sorted(places)} of {tensor.shape}")
    return _reshaped(tensor, tuple(d for axis, d in enumerate(tensor.shape) if axis not in places))


def transpose(context: Context) -> Tensor:
    """Transpose of a constant."""
    known = context.known(0)
    perm = tuple(context.info.attributes.get("perm") or range(len(known.shape))[::-1])
    if sorted(perm) != list(range(len(known.shape))):
        raise context.error(f"perm is {perm}")
    return known.mapped(lambda array: array.transpose(perm))


def shape_of(context: Context) -> Tensor:
    """Shape."""
    return Known(np.asarray(context.tensor(0).shape, dtype=np.int64))


def gather(context: Context) -> Tensor:
    """Gather from a constant vector."""
    array, indices = context.array(0), context.array(1)
    if array.ndim != 1 or indices.dtype.kind not in "iu" or (indices.size and abs(indices).max() >= array.size):
        raise RefuseError("it gathers from something else than a shape")
    return Known(array[indices])


def concat(context: Context) -> Tensor:
    """Concat of constant vectors."""
    arrays = [context.array(slot) for slot in range(len(context.info.inputs))]
    if any(array.ndim != 1 for array in arrays):
        raise RefuseError("it joins something else than shapes")
    return Known(np.concatenate(arrays))


def constant(context: Context) -> Tensor:
    """Constant."""
    for name in ("value", "value_float", "value_int"):
        if (found := context.info.attributes.get(name)) is not None:
            return Known(np.asarray(found))
    raise RefuseError("its value is of a kind that cannot be read")


def identity(context: Context) -> Tensor:
    """Identity, Dropout."""
    return context.tensor(0)


IMPORTERS: Mapping[str, Importer] = {
    **dict.fromkeys(_ARITHMETIC, arithmetic),
    "BatchNormalization": batch_normalization,
    "BipolarQuant": bipolar_quant,
    "Concat": concat,
    "Constant": constant,
    "Dropout": identity,
    "Flatten": flatten,
    "Gather": gather,
    "Gemm": gemm,
    "Identity": identity,
    "IntQuant": quant,
    "MatMul": matmul,
    "MultiThreshold": multi_threshold_,
    "Quant": quant,
    "Relu": relu,
    "Reshape": reshape,
    "Shape": shape_of,
    "Squeeze": squeeze,
    "TopK": top_k,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
