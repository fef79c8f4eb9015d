"""QUANTIZE and DEQUANTIZE at the model's edges: the compiled model takes and gives the integers themselves."""

from __future__ import annotations

from edgegen.frontends.refusal import QUANTIZE_ADVICE, RefuseError
from edgegen.frontends.tflite.context import Context, State
from edgegen.frontends.tflite.reader import TensorInfo
from edgegen.ir import Input, Node, Origin, QuantParams, TensorType


def graph_input(state: State, info: TensorInfo) -> Input:
    """The node of a graph input. A float32 one that is only quantised to int8 becomes that int8 tensor."""
    origin = Origin(state.source.name, "INPUT", info.index, info.name)
    stripped = _quantized_twin(state, info)
    if stripped is None:
        return Input(name=info.name, tensor=TensorType(info.shape, info.dtype, info.quant), origin=origin)
    quant = stripped.quant
    assert quant is not None
    state.notes.append(
        f"input '{info.name}': {info.dtype} in the file, int8 here"
        f" (real = {quant.scale[0]:.9g} * (value - {quant.zero_point[0]})); its QUANTIZE is the caller's"
    )
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
    """QUANTIZE: away at a graph input."""
    node, info = context.node(0), context.info(0)
    if info.dtype in ("float32", "uint8") and node.type.dtype == "int8":
        return node
    raise RefuseError(f"it converts {info} to {context.output}", QUANTIZE_ADVICE)


def dequantize(context: Context) -> Node:
    """DEQUANTIZE of int8 to a graph output: away."""
    info, output = context.info(0), context.output
    last = output.index in context.state.model.outputs and not context.state.consumers(output.index)
    if info.dtype != "int8" or not last:
        raise RefuseError(f"it makes {output} float in the middle of the model", QUANTIZE_ADVICE)
    quant = context.quant(0)
    context.state.notes.append(
        f"output '{output.name}': {output.dtype} in the file, int8 here"
        f" (real = {quant.scale[0]:.9g} * (value - {quant.zero_point[0]})); its DEQUANTIZE is the caller's"
    )
    return context.int8(0)


IMPORTERS = (
    ("QUANTIZE", quantize),
    ("DEQUANTIZE", dequantize),
)
