"""QuantizeLinear and DequantizeLinear, and the QLinear operators as what they stand for between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from onnx import TensorProto

from edgegen.errors import GraphError
from edgegen.frontends.onnx.context import Context, quant_params
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, QuantParams
from edgegen.ops.lut import Lut

#: every value of an int8 tensor
CODES = np.arange(-128, 128, dtype=np.int64)


def bound(value: float, quant: QuantParams) -> int:
    """A real bound as an int8 value, rounded half to even as QuantizeLinear rounds."""
    if value in (-inf, inf):
        return -128 if value < 0 else 127
    return int(np.clip(np.rint(value / quant.scale[0]) + quant.zero_point[0], -128, 127))


def real_codes(quant: QuantParams) -> Array:
    """The real number that each int8 value stands for, float32 as DequantizeLinear computes it."""
    return (CODES - quant.zero_point[0]).astype(np.float32) * np.float32(quant.scale[0])


def table_of(real: Array, quant: QuantParams) -> tuple[int, ...]:
    """Real numbers as int8 values: rounded half to even, saturated."""
    scaled = np.nan_to_num(np.asarray(real, dtype=np.float32) / np.float32(quant.scale[0]), posinf=1e9, neginf=-1e9)
    codes = np.clip(np.rint(np.clip(scaled, -1e9, 1e9)) + quant.zero_point[0], -128, 127)
    return tuple(int(code) for code in codes)


def lookup(context: Context, value: Value, function: str, real: Array, quant: QuantParams) -> Value:
    """A table node on `value` whose entries are these real numbers, one per int8 value."""
    node = Lut(x=value.node, table=table_of(real, quant), function=function, quant=quant, origin=context.origin)
    return replace(value, node=node, quant=quant, integer=False)


def quantize(context: Context, tensor: Tensor, quant: QuantParams, unsigned: bool) -> Value:
    """Real numbers as integers of this scale; unsigned: uint8 in the ONNX graph."""
    match tensor:
        case Pending(integer=False) as pending:
            return replace(pending.quantized(quant), integer=True, unsigned=unsigned)
        case Value(integer=False, quant=QuantParams() as own) as value:
            if own != quant:
                value = lookup(context, value, "requantize", real_codes(own), quant)
            return replace(value, integer=True, unsigned=unsigned)
    raise RefuseError("what it quantises is already of integers")


def dequantize(context: Context, tensor: Tensor, scale: Array, zero: Array | None, axis: int) -> Tensor:
    """Integers as real numbers."""
    match tensor:
        case Constant(array=array):
            return _dequantized_constant(context, array, scale, zero, axis)
        case Pending(integer=True) as pending:
            return replace(pending.quantized(_params(context, scale, zero, pending.unsigned)), integer=False)
        case Value(integer=True) as value:
            return replace(value, quant=_params(context, scale, zero, value.unsigned), integer=False)
    raise RefuseError("what it dequantises is already of real numbers")


def _params(context: Context, scale: Array, zero: Array | None, unsigned: bool) -> QuantParams:
    """Scale and zero point of run-time integers; a zero point that is left out is 0 of the integers' own type."""
    return quant_params(context, scale, np.zeros(1, np.uint8 if unsigned else np.int8) if zero is None else zero)


def _dequantized_constant(context: Context, array: Array, scale: Array, zero: Array | None, axis: int) -> Constant:
    if array.dtype.kind not in "iu" or (zero is not None and zero.dtype.kind not in "iu"):
        raise context.error("the constant that it dequantises, and its zero points, must be integers")
    rank = array.ndim
    axis = axis % rank if rank else 0
    if scale.size > 1 and (axis >= rank or scale.shape != (array.shape[axis],)):
        raise RefuseError(f"its {scale.size} scales do not run along one axis", "Quantise per tensor or per channel")
    if not np.all(np.isfinite(scale)) or np.any(scale < 0):
        raise context.error("its scales must be finite and not negative")
    along = tuple(-1 if i == axis else 1 for i in range(rank)) if scale.size > 1 else ()
    stored = array.astype(np.int64)
    if zero is not None and np.any(zero):
        if zero.size not in (1, scale.size):
            raise context.error(f"it has {scale.size} scales and {zero.size} zero points")
        offset = zero.astype(np.int64)
        stored = stored - (offset.reshape(along) if zero.size > 1 else offset.reshape(-1)[0])
    factor = scale.astype(np.float64)
    real = stored * (factor.reshape(along) if scale.size > 1 else factor.reshape(-1)[0])
    return Constant(real, stored, factor.reshape(-1), axis if scale.size > 1 else None)


def _zero(context: Context, slot: int) -> Array | None:
    return context.constant(slot).array if context.has(slot) else None


def quantize_linear(context: Context) -> Tensor:
    """QuantizeLinear: gives what is pending its scale."""
    tensor, scale, zero = context.tensor(0), context.constant(1).array, _zero(context, 2)
    if zero is None and context.attribute("output_dtype", 0) == TensorProto.INT8:
        zero = np.zeros(1, np.int8)
    match tensor:
        case Constant(array=array, stored=None) if zero is None or zero.dtype in (np.int8, np.uint8):
            return _quantized_constant(context, array, scale, zero)
    return quantize(context, tensor, quant_params(context, scale, zero), zero is None or zero.dtype == np.uint8)


def _quantized_constant(context: Context, array: Array, scale: Array, zero: Array | None) -> Constant:
    """Weights that were exported as real numbers with their quantiser, as PyTorch and TensorFlow do after training."""
    info = np.iinfo(np.uint8 if zero is None else zero.dtype.name)
    offset = np.zeros(1, dtype=np.int64) if zero is None else zero.astype(np.int64).reshape(-1)
    factor = scale.astype(np.float32).reshape(-1)
    if array.dtype.kind != "f" or not np.all(np.isfinite(factor)) or np.any(factor <= 0):
        raise context.error("the constant that it quantises must be of real numbers, its scales positive")
    if factor.size > 1 or offset.size > 1:
        axis = context.axis(array.ndim, 1) if array.ndim else 0
        if not array.ndim or {factor.size, offset.size} - {1, array.shape[axis]}:
            raise context.error(f"its {factor.size} scales and {offset.size} zero points do not run along axis {axis}")
        along = tuple(-1 if i == axis else 1 for i in range(array.ndim))
        factor, offset = factor.reshape(along), offset.reshape(along)
    codes = np.rint(np.nan_to_num(array.astype(np.float32) / factor)) + offset
    return Constant(np.clip(codes, info.min, info.max).astype(info.dtype))


def dequantize_linear(context: Context) -> Tensor:
    """DequantizeLinear: integers of a known scale from here on, or a constant."""
    if context.attribute("block_size", 0):
        raise RefuseError("its scales are blocked", "Quantise per tensor or per channel")
    scale = context.constant(1).array
    return dequantize(context, context.tensor(0), scale, _zero(context, 2), int(context.attribute("axis", 1)))


@dataclass(frozen=True)
class QLinear:
    """Where a QLinear operator has its operands: (data, scale, zero point) each, the result's (scale, zero point)."""

    op: str
    operands: tuple[tuple[int, int, int], ...]
    result: tuple[int, int]
    bias: int | None = None
    #: the axis of the weights that per-channel scales run along
    weight_axis: int = 0


_ONE, _TWO = ((0, 1, 2),), ((0, 1, 2), (3, 4, 5))

#: operator of integers -> the operator of real numbers that it stands for
QLINEAR: Mapping[str, QLinear] = {
    "QLinearConv": QLinear("Conv", _TWO, (6, 7), bias=8),
    "QLinearMatMul": QLinear("MatMul", _TWO, (6, 7), weight_axis=1),
    "com.microsoft:QGemm": QLinear("Gemm", _TWO, (7, 8), bias=6),
    "com.microsoft:QLinearAdd": QLinear("Add", _TWO, (6, 7)),
    "com.microsoft:QLinearMul": QLinear("Mul", _TWO, (6, 7)),
    "com.microsoft:QLinearAveragePool": QLinear("AveragePool", _ONE, (3, 4)),
    "com.microsoft:QLinearGlobalAveragePool": QLinear("GlobalAveragePool", _ONE, (3, 4)),
    "com.microsoft:QLinearLeakyRelu": QLinear("LeakyRelu", _ONE, (3, 4)),
    "com.microsoft:QLinearSigmoid": QLinear("Sigmoid", _ONE, (3, 4)),
    "com.microsoft:QLinearSoftmax": QLinear("Softmax", _ONE, (3, 4)),
}


def qlinear_importer(spec: QLinear, importer: Callable[[Context], Tensor]) -> Callable[[Context], Tensor]:
    """The importer of a QLinear operator: dequantise, import the operator of real numbers, quantise."""

    def run(context: Context) -> Tensor:
        if context.attribute("channels_last", 0):
            raise RefuseError("its tensors have channels last", "Export it with channels first")
        if not context.has(spec.result[0]):
            raise RefuseError("its result is not quantised")
        operands: list[Tensor] = []
        for data, scale, zero in spec.operands:
            scales = context.constant(scale).array
            operands.append(dequantize(context, context.tensor(data), scales, _zero(context, zero), spec.weight_axis))
        if spec.bias is not None and context.has(spec.bias):
            operands.append(_bias(context, spec))
        return _between(context, importer, operands, spec.result)

    return run


def _between(
    context: Context, importer: Callable[[Context], Tensor], operands: list[Tensor], result: tuple[int, int]
) -> Value:
    """An operator of real numbers on these operands, its result quantised as the slots of `result` say."""
    names = tuple(f"\0{context.info.index}:{slot}" for slot in range(len(operands)))
    context.state.tensors.update(zip(names, operands, strict=True))
    inner = replace(context, info=replace(context.info, inputs=names))
    zero = _zero(context, result[1])
    quant = quant_params(context, context.constant(result[0]).array, zero)
    return quantize(context, importer(inner), quant, zero is None or zero.dtype == np.uint8)


def qlinear_concat(importer: Callable[[Context], Tensor]) -> Callable[[Context], Tensor]:
    """QLinearConcat: the result's scale and zero point come first, then (data, scale, zero point) of each operand."""

    def run(context: Context) -> Tensor:
        operands = [
            dequantize(context, context.tensor(slot), context.constant(slot + 1).array, _zero(context, slot + 2), 0)
            for slot in range(2, len(context.info.inputs), 3)
        ]
        return _between(context, importer, operands, (0, 1))

    return run


def _bias(context: Context, spec: QLinear) -> Constant:
    """An int32 bias: its scale is the product of the operands'."""
    assert spec.bias is not None
    scales = [np.asarray(context.constant(scale).array, dtype=np.float64) for _, scale, _ in spec.operands]
    if scales[0].size != 1:
        raise GraphError("its activations have more than one scale")
    product = scales[0].reshape(()) * scales[1].reshape(-1)
    return _dequantized_constant(context, context.constant(spec.bias).array.reshape(-1), product, None, 0)
