"""ONNX models (QDQ and QOperator, opset 13 and later) -> Graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from onnx import ModelProto

from edgegen.errors import Refusal, UnsupportedError
from edgegen.frontends.onnx import elementwise, linear, pooling, quantization, shape
from edgegen.frontends.onnx.context import QDQ_ADVICE, Context, State
from edgegen.frontends.onnx.reader import OLDEST_OPSET, EdgeInfo, ModelInfo, parse, read
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import REPORT_ADVICE, RefuseError, UnknownError, check_size, collected
from edgegen.frontends.source import Source
from edgegen.ir import Graph, Node, Origin, QuantParams

__all__ = ["IMPORTERS", "load_onnx", "parse"]

Importer = Callable[[Context], Tensor]

#: ONNX operator (with its domain unless standard) -> importer
IMPORTERS: dict[str, Importer] = {
    "Conv": linear.conv,
    "DequantizeLinear": quantization.dequantize_linear,
    "Gemm": linear.gemm,
    "MatMul": linear.matmul,
    "QuantizeLinear": quantization.quantize_linear,
    **{name: importer for module in (elementwise, pooling, shape) for name, importer in module.IMPORTERS},
}
IMPORTERS |= {
    name: quantization.qlinear_importer(spec, IMPORTERS[spec.op]) for name, spec in quantization.QLINEAR.items()
}
IMPORTERS["com.microsoft:QLinearConcat"] = quantization.qlinear_concat(IMPORTERS["Concat"])
# onnxruntime writes its own domain's twins of the standard two for the types that the standard lacked.
IMPORTERS |= {f"com.microsoft:{name}": IMPORTERS[name] for name in ("QuantizeLinear", "DequantizeLinear")}


def load_onnx(source: Source, message: ModelProto) -> Graph:
    """Import a parsed ONNX model.

    Raises ModelError for a broken file and UnsupportedError with every node that cannot be compiled exactly.
    """
    model = read(source, message)
    if model.opset < OLDEST_OPSET:
        raise UnsupportedError(source.name, _too_old(source, model))
    state = State(source)
    state.tensors.update({name: Constant(array) for name, array in model.constants.items()})
    state.tensors.update({info.name: _graph_input(state, info) for info in model.inputs})
    refusals: list[Refusal] = []
    contexts = [Context(state, operator) for operator in model.nodes]
    collected(((str(context.origin), partial(_import, context)) for context in contexts), refusals)
    ports = [(f"output '{info.name}'", partial(_graph_output, state, info)) for info in model.outputs]
    outputs = collected(ports, refusals)
    refusals += [
        Refusal(f"input '{info.name}'", f"it is {info.dtype} and nothing quantises it", QDQ_ADVICE)
        for info in model.inputs
        if info.name not in state.inputs and not refusals
    ]
    if refusals:
        raise UnsupportedError(source.name, refusals)
    return Graph(
        name=source.stem,
        inputs=tuple(state.inputs[info.name] for info in model.inputs),
        outputs=tuple(outputs),
        output_names=tuple(info.name for info in model.outputs),
        sha256=source.sha256,
        source=source.name,
        notes=tuple(state.notes),
    )


def _too_old(source: Source, model: ModelInfo) -> list[Refusal]:
    """The operator set, and the operators that no newer set would help."""
    advice = f"Convert it with onnx.version_converter to operator set {OLDEST_OPSET} or later"
    unknown = [
        Refusal(f"{node.op} #{node.index} '{node.name}'", f"the operator {node.op} is not supported", REPORT_ADVICE)
        for node in model.nodes
        if node.op not in IMPORTERS
    ]
    return [Refusal("the model", f"its operator set is {model.opset}", advice), *unknown]


def _import(context: Context) -> None:
    """Run one operator's importer and keep what it makes."""
    info = context.info
    importer = IMPORTERS.get(info.op)
    if importer is None:
        raise RefuseError(f"the operator {info.op} is not supported", REPORT_ADVICE)
    tensor = importer(context)
    check_size(tensor.shape)
    if info.outputs and info.outputs[0]:
        context.state.tensors[info.outputs[0]] = tensor


def _graph_input(state: State, info: EdgeInfo) -> Pending:
    """A graph input, which waits for the scale that its QuantizeLinear or DequantizeLinear tells."""

    def build(quant: QuantParams, low: float, high: float) -> Value:
        check_size(info.shape)
        if info.dtype not in ("float32", "int8", "uint8"):
            raise RefuseError(f"input '{info.name}' is {info.dtype}", "Give the model a float32, int8 or uint8 input")
        if (low, high) != (float("-inf"), float("inf")):
            raise RefuseError(f"input '{info.name}' is clipped before it is quantised", QDQ_ADVICE)
        return Value.plain(state.input_node(info.name, info.shape, info.dtype, quant), quant)

    return Pending(info.shape, build, integer=info.dtype in ("int8", "uint8"), unsigned=info.dtype == "uint8")


def _graph_output(state: State, info: EdgeInfo) -> Node:
    """The node of a graph output, in the ONNX tensor's own layout."""
    if info.name not in state.tensors:
        raise UnknownError(info.name)
    tensor = state.tensors[info.name]
    match tensor:
        case Pending(default=QuantParams() as default, integer=False) as pending:
            tensor = replace(pending.quantized(default), quant=default)
    match tensor:
        case Value(quant=QuantParams() as quant) as value:
            if info.dtype != "int8":
                state.notes.append(f"output '{info.name}': {info.dtype} in the file, int8 here ({quant.formula})")
            return value.in_order(Origin(state.source.name, "OUTPUT", -1, info.name))
    raise RefuseError("it is not quantised", QDQ_ADVICE)
