"""TFLite models (int8) -> Graph."""

from __future__ import annotations

from edgegen.errors import GraphError, Refusal, UnsupportedError
from edgegen.frontends.refusal import QUANTIZE_ADVICE, REPORT_ADVICE, RefuseError, check_size, refusal
from edgegen.frontends.source import Source
from edgegen.frontends.tflite import boundary, elementwise, linear, pooling, shape, unary
from edgegen.frontends.tflite.context import Context, Importer, Runtime, State, placeholder
from edgegen.frontends.tflite.reader import IDENTIFIER, ModelInfo, Reader
from edgegen.ir import Graph, Input, Node

__all__ = ["IMPORTERS", "import_model", "load_tflite", "matches"]

#: TFLite operator name -> importer
IMPORTERS: dict[str, Importer] = {
    name: importer
    for module in (boundary, elementwise, linear, pooling, shape, unary)
    for name, importer in module.IMPORTERS
}


def matches(data: bytes) -> bool:
    """Whether these bytes claim to be a TFLite model."""
    return data[4:8] == IDENTIFIER


def load_tflite(source: Source, runtime: Runtime = "litert") -> Graph:
    """Import a TFLite model; `runtime` names whose rounding it follows where runtimes differ.

    Raises ModelError for a broken file and UnsupportedError with every node that cannot be compiled exactly.
    """
    return import_model(source, Reader(source).model(), runtime)


def import_model(source: Source, model: ModelInfo, runtime: Runtime = "litert") -> Graph:
    """Import a model that has been read, as load_tflite."""
    state = State(source, model, runtime)
    refusals: list[Refusal] = []
    if model.subgraphs > 1:
        refusals.append(
            Refusal("the model", f"it has {model.subgraphs} subgraphs", "Export it without control flow or variables")
        )
    inputs = tuple(boundary.graph_input(state, model.tensors[index]) for index in model.inputs)
    state.values.update(zip(model.inputs, inputs, strict=True))
    for operator in model.operators:
        context = Context(state, operator)
        try:
            node = _imported(context)
        except (RefuseError, GraphError) as error:
            refusals.append(refusal(str(context.origin), error))
            outputs = [model.tensors[index] for index in operator.outputs]
            state.values.update({info.index: placeholder(info, context.origin) for info in outputs})
        else:
            state.values[operator.outputs[0]] = node
    refusals.extend(_boundary_refusals(state, inputs))
    if refusals:
        raise UnsupportedError(source.name, refusals)
    return Graph(
        name=source.stem,
        inputs=inputs,
        outputs=tuple(_output(state, index) for index in model.outputs),
        output_names=tuple(model.tensors[index].name for index in model.outputs),
        sha256=source.sha256,
        source=source.name,
        notes=tuple(state.notes),
    )


def _imported(context: Context) -> Node:
    """The node of one operator, its type checked against what the file says."""
    name = context.operator.name
    importer = IMPORTERS.get(name)
    if importer is None:
        raise RefuseError(f"the operator {name} is not supported", REPORT_ADVICE)
    if len(context.operator.outputs) != 1:
        raise context.error(f"it has {len(context.operator.outputs)} outputs; it must have one")
    for index in (*context.operator.inputs, *context.operator.outputs):
        check_size(_stated_shape(context, index))
    node = importer(context)
    if node.type.shape != context.output.shape:
        raise context.error(f"it computes a tensor of shape {node.type.shape}; the file says {context.output}")
    return node


def _stated_shape(context: Context, index: int) -> tuple[int, ...]:
    """The shape that the file states for a tensor; () for an operand that is left out."""
    return context.state.model.tensors[index].shape if index >= 0 else ()


def _boundary_refusals(state: State, inputs: tuple[Input, ...]) -> list[Refusal]:
    """Graph inputs and outputs of other types than int8."""
    edges: list[tuple[str, Node]] = [(f"input '{node.name}'", node) for node in inputs]
    edges += [(f"output '{state.model.tensors[i].name}'", _output(state, i)) for i in state.model.outputs]
    return [
        Refusal(where, f"it is {node.type.dtype}; only int8 can be compiled", QUANTIZE_ADVICE)
        for where, node in edges
        if node.type.dtype != "int8"
    ]


def _output(state: State, index: int) -> Node:
    info = state.model.tensors[index]
    if index not in state.values:
        raise state.source.error(f"output {info} is computed by no operator")
    return state.values[index]
