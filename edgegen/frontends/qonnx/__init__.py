"""QONNX models (brevitas, FINN, QKeras: Quant, BipolarQuant, MultiThreshold) -> Graph.

Dense networks: between two quantisers everything is a function of integer sums, which becomes thresholds on the sums.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from onnx import ModelProto

from edgegen.errors import Refusal, UnsupportedError
from edgegen.frontends.qonnx.context import Context, State
from edgegen.frontends.qonnx.importers import IMPORTERS, accumulate
from edgegen.frontends.qonnx.reader import OLDEST_OPSET, Edge, matches, read
from edgegen.frontends.qonnx.tensors import Codes, Index, Known, Real, Sums, Tensor
from edgegen.frontends.refusal import REPORT_ADVICE, RefuseError, UnknownError, collected
from edgegen.frontends.source import Source
from edgegen.ir import Graph, Node, QuantParams, real_formula
from edgegen.passes.levels import levels

#: (a, b): a stored v stands for a * v + b; None: for itself
Line = tuple[float, float] | None

__all__ = ["IMPORTERS", "load_qonnx", "matches"]


def load_qonnx(source: Source, message: ModelProto) -> Graph:
    """Import a parsed model.

    Raises ModelError for a broken file and UnsupportedError with every node that cannot be compiled exactly.
    """
    model = read(source, message)
    state = State(source)
    state.tensors.update({name: Known(array) for name, array in model.constants.items()})
    state.tensors.update({edge.name: Real(edge, edge.shape) for edge in model.inputs})
    refusals: list[Refusal] = []
    if model.opset < OLDEST_OPSET:
        advice = f"Convert it with onnx.version_converter to opset {OLDEST_OPSET} or later"
        refusals.append(Refusal("the model", f"its operator set is {model.opset}", advice))
    contexts = [Context(state, operator) for operator in model.operators]
    collected(((str(context.origin), partial(_import, context)) for context in contexts), refusals)
    ports = [(f"output '{edge.name}'", partial(_output, state, edge)) for edge in model.outputs]
    outputs = collected(ports, refusals)
    if not refusals and (len(outputs) < len(model.outputs) or len(state.inputs) < len(model.inputs)):
        refusals.append(Refusal("the model", "an input is not used or an output not made", "Check how it was exported"))
    if refusals:
        raise UnsupportedError(source.name, refusals)
    return Graph(
        name=source.stem,
        inputs=tuple(state.inputs[edge.name] for edge in model.inputs),
        outputs=tuple(node for node, _ in outputs),
        output_names=tuple(edge.name for edge in model.outputs),
        output_lines=tuple(line for _, line in outputs),
        sha256=source.sha256,
        source=source.name,
        notes=tuple(state.notes),
    )


def _import(context: Context) -> None:
    """Run one operator's importer and keep what it makes; of TopK that is the second output."""
    info = context.info
    importer = IMPORTERS.get(info.op)
    if importer is None:
        raise RefuseError(f"the operator {info.op} is not supported in a QONNX model", REPORT_ADVICE)
    tensor = importer(context)
    slot = 1 if info.op == "TopK" else 0
    if slot < len(info.outputs) and info.outputs[slot]:
        context.state.tensors[info.outputs[slot]] = tensor


def _output(state: State, edge: Edge) -> tuple[Node, Line]:
    """The node of a graph output, codes as int8, sums and positions as int32, and which reals it stands for."""
    if edge.name not in state.tensors:
        raise UnknownError(edge.name)
    tensor: Tensor = state.tensors[edge.name]
    match tensor:
        case Index(node=node):
            state.notes.append(f"output '{edge.name}': int64 in the file, int32 here")
            return node, None
        case Real(source=Codes() as codes) as real:
            values = levels(codes.node)
            points = values if len(values) > 1 else np.array([values[0], values[0] + 1])
            a, b = real.uniform(codes.scale * (points - codes.zero))
            if a <= 0:
                raise RefuseError("its scale is not positive")
            scale, zero = a * codes.scale, codes.zero - b / (a * codes.scale)
            state.notes.append(f"output '{edge.name}': int8 here, {real_formula(scale, zero)}")
            return codes.node, (scale, -scale * zero)
        case Real(source=Sums() as sums) as real:
            low, high = sums.bounds(levels(sums.x))
            a, b = real.uniform(np.array([low.min(), 0, high.max() + 1]))
            if a <= 0:
                raise RefuseError("its scale is not positive")
            state.notes.append(f"output '{edge.name}': int32 here, real = {a:.9g} * value {b:+.9g}")
            return accumulate(sums, QuantParams((a,), (0,))), (a, b)
    raise RefuseError("it is not computed from the model's input")
