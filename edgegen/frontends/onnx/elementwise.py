"""Operators on single elements: activations, sums, products, softmax."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from math import frexp, inf

import numpy as np

from edgegen.fixedpoint import Requant, Rounding, quantize_multiplier
from edgegen.frontends.onnx.context import QDQ_ADVICE, Context
from edgegen.frontends.onnx.quantization import bound, lookup, real_codes
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.elementwise import LEFT_SHIFT, softmax_table
from edgegen.ir import Array, Const, Node, QuantParams
from edgegen.ops.add import Add
from edgegen.ops.base import InputScale
from edgegen.ops.mul import Mul
from edgegen.ops.softmax import PROBABILITY, Softmax

Function = Callable[[Array], Array]


def applied(context: Context, name: str, tensor: Tensor, function: Function, default: QuantParams | None) -> Tensor:
    """An elementwise function: a table once the result's scale is known. A chain of functions is one table."""
    match tensor:
        case Value(integer=False, quant=QuantParams()) as value:
            return _unary(context, name, value, function, default)
        case Pending(unary=(value, inner), low=low, high=high):
            return _unary(context, name, value, lambda real: function(np.clip(inner(real), low, high)), default)
        case Constant(array=array, stored=None) if array.dtype.kind == "f":
            return Constant(np.asarray(function(array.astype(np.float32)), dtype=np.float32))
    raise RefuseError("its operand is not quantised", QDQ_ADVICE)


def _unary(context: Context, name: str, value: Value, function: Function, default: QuantParams | None) -> Pending:
    def build(quant: QuantParams, low: float, high: float) -> Value:
        assert value.quant is not None
        with np.errstate(all="ignore"):
            real = np.asarray(function(real_codes(value.quant)), dtype=np.float32)
        if np.any(np.isnan(real)):
            raise RefuseError(f"{name} is not defined for every value of its input")
        return lookup(context, value, name, np.clip(real, low, high), quant)

    return Pending(value.shape, build, unary=(value, function), default=default)


def clipped(context: Context, low: float, high: float) -> Tensor:
    """Relu and Clip: bounds of what is pending, else a table."""
    match context.tensor(0):
        case Pending(integer=False) as pending:
            return pending.clipped(low, high)
    name = context.info.op.lower()
    return applied(context, name, context.tensor(0), lambda real: np.clip(real, low, high), None)


def relu(context: Context) -> Tensor:
    """Relu."""
    return clipped(context, 0.0, inf)


def clip(context: Context) -> Tensor:
    """Clip with constant bounds (Relu6)."""
    low = context.scalar(1) if context.has(1) else -inf
    high = context.scalar(2) if context.has(2) else inf
    if math.isnan(low) or math.isnan(high) or low > high:
        raise context.error(f"its bounds are {low} and {high}")
    return clipped(context, low, high)


def _erf(real: Array) -> Array:
    return np.asarray([math.erf(float(x)) for x in real.reshape(-1)], dtype=np.float32).reshape(real.shape)


def _sigmoid(real: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-real.astype(np.float64))), dtype=np.float32)


def _leaky(context: Context) -> Function:
    alpha = np.float32(context.attribute("alpha", 0.01))
    return lambda real: np.where(real >= 0, real, alpha * real)


def _elu(context: Context) -> Function:
    alpha = np.float32(context.attribute("alpha", 1.0))
    return lambda real: np.where(real >= 0, real, alpha * np.expm1(np.minimum(real, 0)))


def _hard_sigmoid(context: Context) -> Function:
    alpha, beta = np.float32(context.attribute("alpha", 0.2)), np.float32(context.attribute("beta", 0.5))
    return lambda real: np.clip(alpha * real + beta, 0, 1)


def _gelu(context: Context) -> Function:
    if context.attribute("approximate", "none") == "tanh":
        return lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return lambda x: 0.5 * x * (1 + _erf(x / np.sqrt(2)))


def _fixed(function: Function) -> Callable[[Context], Function]:
    return lambda context: function


#: operator -> (its function, the scale of its result where the model leaves it real)
UNARY: dict[str, tuple[Callable[[Context], Function], QuantParams | None]] = {
    "Abs": (_fixed(np.abs), None),
    "Elu": (_elu, None),
    "Erf": (_fixed(_erf), None),
    "Exp": (_fixed(np.exp), None),
    "Gelu": (_gelu, None),
    "HardSigmoid": (_hard_sigmoid, PROBABILITY),
    "HardSwish": (_fixed(lambda x: x * np.clip(x / 6 + 0.5, 0, 1)), None),
    "LeakyRelu": (_leaky, None),
    "Log": (_fixed(np.log), None),
    "Neg": (_fixed(np.negative), None),
    "Sigmoid": (_fixed(_sigmoid), PROBABILITY),
    "Softplus": (_fixed(lambda x: np.logaddexp(x, 0)), None),
    "Sqrt": (_fixed(np.sqrt), None),
    "Tanh": (_fixed(np.tanh), QuantParams((1.0 / 128,), (0,))),
}


def unary(name: str) -> Callable[[Context], Tensor]:
    """The importer of an operator of UNARY."""
    make, default = UNARY[name]
    return lambda context: applied(context, name.lower(), context.tensor(0), make(context), default)


#: operator -> the function of two arrays
_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": np.power,
}


def _with_scalar(context: Context, name: str) -> Tensor | None:
    """A table where one operand is a single constant; None where neither is."""
    for slot in (1, 0):
        match context.tensor(slot):
            case Constant(array=array) if array.size == 1:
                number = array.reshape(-1).astype(np.float32)
                fixed = _fixed_operand(_BINARY[name], number, slot == 1)
                return applied(context, name.lower(), context.tensor(1 - slot), fixed, None)
    return None


def _fixed_operand(function: Callable[[Array, Array], Array], number: Array, right: bool) -> Function:
    """A function of two numbers with one of them fixed."""
    return (lambda x: function(x, number)) if right else (lambda x: function(number, x))


def _of_one_tensor(context: Context, name: str) -> Tensor | None:
    """A table where both operands are functions of the same tensor: x * sigmoid(x), x * relu6(x + 3) / 6."""
    first, second = (_as_function(context.tensor(slot)) for slot in (0, 1))
    if first is None or second is None or first[0] != second[0]:
        return None
    a, b = first[1], second[1]
    return applied(context, name.lower(), first[0], lambda real: _BINARY[name](a(real), b(real)), None)


def _as_function(tensor: Tensor) -> tuple[Value, Function] | None:
    """(the tensor that it is computed from, the function), where a tensor is a function of the elements of another."""
    match tensor:
        case Value(integer=False, quant=QuantParams()) as value:
            return value, lambda real: real
        case Pending(unary=(value, function), low=low, high=high):
            return value, lambda real: np.clip(function(real), low, high)
    return None


def _folded(context: Context, name: str) -> Tensor | None:
    """The result where both operands are small constants."""
    match context.tensor(0), context.tensor(1):
        case Constant(array=a), Constant(array=b) if max(a.size, b.size) <= 4096 and a.shape in ((), (1,), b.shape):
            with np.errstate(all="ignore"):
                return Constant(_BINARY[name](a, b))
    return None


def _biased(context: Context) -> Tensor | None:
    """Add of a constant per output channel to a sum of products (MatMul, Add): its bias."""
    for slot in (0, 1):
        match context.tensor(slot), context.tensor(1 - slot):
            case Pending(add_bias=add, low=low, high=high, shape=shape), Constant(array=array) if add is not None and (
                low,
                high,
            ) == (-inf, inf):
                channel = 1 if len(shape) > 2 and len(shape) == array.ndim else len(shape) - 1
                wanted = [1] * len(shape)
                wanted[channel] = shape[channel]
                padded = (1,) * (len(shape) - array.ndim) + array.shape
                if array.size in (1, shape[channel]) and padded in (tuple(wanted), (1,) * len(shape)):
                    return add(np.broadcast_to(array.reshape(-1).astype(np.float64), (shape[channel],)))
    return None


def _aligned(context: Context, value: Value, other: Tensor) -> tuple[Node, tuple[float, int], Value]:
    """The other operand as a node that broadcasts to value's, its scale and zero point, and value laid out for it."""
    rank = len(value.shape)
    value = value.split(context.origin)
    match other:
        case Constant(stored=stored, scale=scale) if stored is not None and scale is not None and scale.size == 1:
            if stored.ndim > rank or stored.size == 0 or int(np.ptp(stored)) > 255:
                raise RefuseError("its constant operand leaves int8")
            # Its zero point was subtracted; as much of it as int8 needs comes back.
            zero = max(-128 - int(stored.min()), 0) + min(127 - int(stored.max()), 0)
            array = (stored + zero).reshape((1,) * (rank - stored.ndim) + stored.shape).transpose(value.axes)
            const = Const(value=np.ascontiguousarray(array).astype(np.int8), origin=context.origin)
            return const, (float(scale[0]), zero), value
        case Value(integer=False, quant=QuantParams() as quant) as second if len(second.shape) == rank:
            node = second.arranged(second.shape, value.axes, context.origin)
            return node, (quant.scale[0], quant.zero_point[0]), value
    raise RefuseError("its operands are not both quantised tensors of as many axes", QDQ_ADVICE)


def _operands(context: Context) -> tuple[Value, Tensor, bool]:
    """(the operand of the result's shape, the other, whether they changed places)."""
    first, second = context.tensor(0), context.tensor(1)
    try:
        shape = np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise context.error(f"its operands have shapes {first.shape} and {second.shape}") from None
    for slot, other in ((0, second), (1, first)):
        match context.tensor(slot):
            case Value(shape=own) if own == shape:
                return context.value(slot), other, slot == 1
    raise RefuseError("both of its operands are broadcast or not quantised", QDQ_ADVICE)


def add(context: Context) -> Tensor:
    """Add: a bias, a table, or TFLite's fixed-point sum of two tensors."""
    done = _folded(context, "Add") or _biased(context) or _with_scalar(context, "Add") or _of_one_tensor(context, "Add")
    if done is not None:
        return done
    value, other, _ = _operands(context)
    node, (scale, zero), plain = _aligned(context, value, other)
    own = plain.quant
    assert own is not None
    twice = 2 * max(own.scale[0], scale)
    a_scale = InputScale(own.zero_point[0], *quantize_multiplier(own.scale[0] / twice))
    b_scale = InputScale(zero, *quantize_multiplier(scale / twice))

    def build(quant: QuantParams, low: float, high: float) -> Value:
        real = twice / ((1 << LEFT_SHIFT) * quant.scale[0])
        # Scales a power of two apart make up to half of the sums ties, which are exact here and in float32.
        powers = all(frexp(s / quant.scale[0])[0] == 0.5 for s in (own.scale[0], scale))
        rounding: Rounding = "even" if powers else "single"
        made = Add(
            a=plain.node,
            b=node,
            a_scale=a_scale,
            b_scale=b_scale,
            requant=Requant.from_scales([real], quant.zero_point[0], bound(low, quant), bound(high, quant), rounding),
            left_shift=LEFT_SHIFT,
            quant=quant,
            origin=context.origin,
        )
        return replace(plain, node=made, quant=quant)

    return Pending(plain.shape, build)


def mul(context: Context) -> Tensor:
    """Mul: a table, or the product of two tensors."""
    done = _folded(context, "Mul") or _with_scalar(context, "Mul") or _of_one_tensor(context, "Mul")
    if done is not None:
        return done
    value, other, _ = _operands(context)
    node, (scale, zero), plain = _aligned(context, value, other)
    own = plain.quant
    assert own is not None

    def build(quant: QuantParams, low: float, high: float) -> Value:
        real = own.scale[0] * scale / quant.scale[0]
        made = Mul(
            a=plain.node,
            b=node,
            a_zero=own.zero_point[0],
            b_zero=zero,
            requant=Requant.from_scales([real], quant.zero_point[0], bound(low, quant), bound(high, quant), "single"),
            quant=quant,
            origin=context.origin,
        )
        return replace(plain, node=made, quant=quant)

    return Pending(plain.shape, build)


def with_scalar(name: str) -> Callable[[Context], Tensor]:
    """The importer of Sub, Div, Pow: constants, or a table where one operand is a single constant."""

    def importer(context: Context) -> Tensor:
        done = _folded(context, name) or _with_scalar(context, name) or _of_one_tensor(context, name)
        if done is None:
            raise RefuseError("its operands are different tensors", "One must be a single constant")
        return done

    return importer


def softmax(context: Context) -> Tensor:
    """Softmax over the last axis, in TFLite's fixed point; another scale than 1/256 goes through a table."""
    value, scale, _ = context.scale(0)
    if context.axis(len(value.shape)) != len(value.shape) - 1:
        raise RefuseError("it is not over the last axis", "Transpose the tensor first")
    table = softmax_table(1.0, scale)

    def build(quant: QuantParams, low: float, high: float) -> Value:
        node = Softmax(x=value.in_order(context.origin), table=table, quant=PROBABILITY, origin=context.origin)
        made = Value.plain(node, PROBABILITY)
        if quant == PROBABILITY and low <= 0 and high >= 1:
            return made
        return lookup(context, made, "requantize", np.clip(real_codes(PROBABILITY), low, high), quant)

    return Pending(value.shape, build, default=PROBABILITY)


IMPORTERS = (
    ("Add", add),
    ("Clip", clip),
    ("Div", with_scalar("Div")),
    ("Mul", mul),
    ("Pow", with_scalar("Pow")),
    ("Relu", relu),
    ("Softmax", softmax),
    ("Sub", with_scalar("Sub")),
    *((name, unary(name)) for name in UNARY),
)
