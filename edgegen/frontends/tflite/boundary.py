"""QUANTIZE and DEQUANTIZE at the model's edges: the compiled model takes and gives the integers themselves."""

from __future__ import annotations

from edgegen.frontends.refusal import QUANTIZE_ADVICE, RefuseError
from edgegen.frontends.tflite.context import Context, State
from edgegen.frontends.tflite.reader import TensorInfo
from edgegen.frontends.tflite.tables import rescale_table
from edgegen.ir import Input, Node, Origin, QuantParams, TensorType
from edgegen.ops.lut import Lut


def graph_input(state: State, info: TensorInfo) -> Input:
    """The node of a graph input. A float32 one that is only quantised to int8 becomes that int8 tensor."""
    origin = Origin(state.source.name, "INPUT", info.index, info.name)
    stripped = _quantized_twin(state, info)
    if stripped is None:
        return Input(name=info.name, tensor=TensorType(info.shape, info.dtype, info.quant), origin=origin)
    quant = stripped.quant
    assert quant is not None
    how = "the value less 128" if info.dtype == "uint8" else f"{quant.formula}; its QUANTIZE is the caller's"
    state.notes.append(f"input '{info.name}': {info.dtype} in the file, int8 here ({how})")
    return Input(name=info.name, tensor=TensorType(info.shape, "int8", quant), origin=origin)


def _quantized_twin(state: State, info: TensorInfo) -> TensorInfo | None:
    """The int8 tensor that every consumer of a float or uint8 input makes of it, or None."""
    consumers = state.consumers(info.index)
    if info.dtype not in ("float32", "uint8") or not consumers or info.index in state.model.outputs:
        return None
    if any(operator.name != "QUANTIZE" or len(operator.outputs) != 1 for operator in consumers):
        return None
    twins = [state.model.tensors[operator.outputs[0]] for operator in consumers]
    first = twins[0]
    if any(twin.dtype != "int8" or twin.quant != first.quant for twin in twins):
        return None
    if first.quant is None or len(first.quant.scale) != 1 or first.shape != info.shape:
        return None
    if info.dtype == "uint8" and not _shifted(info.quant, first.quant):
        return None
    return first


def _shifted(unsigned: QuantParams | None, signed: QuantParams | None) -> bool:
    """Whether uint8 and int8 parameters mean the same real values, 128 apart."""
    return (
        unsigned is not None
        and signed is not None
        and unsigned.scale == signed.scale
        and [zero - 128 for zero in unsigned.zero_point] == list(signed.zero_point)
    )


def quantize(context: Context) -> Node:
    """QUANTIZE: away at a graph input, a shift by 128 at a uint8 graph output, a table between int8 tensors."""
    node, info, output = context.node(0), context.info(0), context.output
    if info.dtype in ("float32", "uint8") and node.type.dtype == "int8":
        return node
    if info.dtype == "int8" and output.dtype == "int8":
        x, y = context.quant(0), context.out_quant
        return _requantize(context, x, y)
    if info.dtype == "int8" and output.dtype == "uint8" and _is_last(context) and output.quant is not None:
        context.state.notes.append(f"output '{output.name}': uint8 in the file, int8 here (the value less 128)")
        quant = output.quant
        shifted = QuantParams(quant.scale, tuple(zero - 128 for zero in quant.zero_point))
        return context.int8(0) if shifted == context.quant(0) else _requantize(context, context.quant(0), shifted)
    raise RefuseError(f"it converts {info} to {output}", QUANTIZE_ADVICE)


def _requantize(context: Context, x: QuantParams, y: QuantParams) -> Node:
    table = rescale_table(x.scale[0] / y.scale[0], x, y)
    return Lut(x=context.int8(0), table=table, function="requantize", quant=y, origin=context.origin)


def _is_last(context: Context) -> bool:
    """Whether the output is a graph output that no operator reads."""
    index = context.output.index
    return index in context.state.model.outputs and not context.state.consumers(index)


def dequantize(context: Context) -> Node:
    """DEQUANTIZE of int8 to a graph output: away."""
    info, output = context.info(0), context.output
    if info.dtype != "int8" or not _is_last(context):
        raise RefuseError(f"it makes {output} float in the middle of the model", QUANTIZE_ADVICE)
    quant = context.quant(0)
    context.state.notes.append(
        f"output '{output.name}': {output.dtype} in the file, int8 here"
        f" ({quant.formula}; its DEQUANTIZE is the caller's)"
    )
    return context.int8(0)


IMPORTERS = (
    ("QUANTIZE", quantize),
    ("DEQUANTIZE", dequantize),
)
