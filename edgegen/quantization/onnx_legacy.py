"""Old operator sets -> one that the importers know."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, helper

from edgegen.quantization.onnx_fold import Editor

#: operator sets below this one broadcast by attributes, without types that onnx's converter could go by
_BROADCAST_BY_SHAPE = 7
#: operators that mean the same since the first operator set, but for the attributes that are rewritten here
_UNCHANGED = (
    "Add", "AveragePool", "Constant", "Conv", "Div", "GlobalAveragePool", "Identity", "LeakyRelu", "MatMul", "MaxPool",
    "Mul", "Relu", "Reshape", "Sigmoid", "Sub", "Tanh", "Transpose",
)  # fmt: skip
_ARITHMETIC = ("Add", "Div", "Mul", "Sub")


def upgraded(model: ModelProto, opset: int, target: int) -> ModelProto:
    """The model in operator set `target`. Raises what onnx's converter raises (RuntimeError, ...)."""
    if opset < _BROADCAST_BY_SHAPE and all(node.op_type in _UNCHANGED for node in model.graph.node):
        return _rewritten(model, target)
    converted: ModelProto = onnx.version_converter.convert_version(onnx.shape_inference.infer_shapes(model), target)
    return converted


def _rewritten(model: ModelProto, target: int) -> ModelProto:
    """Attributes of the first operator sets as operands."""
    editor = Editor.of(model)
    ranks = {info.name: len(info.type.tensor_type.shape.dim) for info in model.graph.input}
    nodes: list[NodeProto] = []
    for node in editor.nodes:
        made = NodeProto()
        made.CopyFrom(node)
        attributes = {attribute.name: attribute for attribute in node.attribute}
        ranks[node.output[0]] = _rank(node, attributes, ranks)
        if node.op_type == "Reshape" and "shape" in attributes:
            shape = np.asarray(attributes["shape"].ints, dtype=np.int64)
            made.input.append(editor.constant(f"{node.output[0]}_shape", shape))
            _drop(made, "shape")
        elif node.op_type in _ARITHMETIC:
            nodes += _aligned(editor, made, attributes, ranks)
            _drop(made, "axis", "broadcast")
        _drop(made, "consumed_inputs")
        nodes.append(made)
    editor.nodes = nodes
    result = editor.finished()
    del result.opset_import[:]
    result.opset_import.append(helper.make_opsetid("", target))
    return result


def _rank(node: NodeProto, attributes: dict[str, onnx.AttributeProto], ranks: dict[str, int]) -> int:
    """Number of axes of the node's result: its first operand's, but where the node says otherwise."""
    if node.op_type == "Constant":
        return len(attributes["value"].t.dims)
    if node.op_type == "Reshape" and "shape" in attributes:
        return len(attributes["shape"].ints)
    return ranks.get(node.input[0], 0)


def _drop(node: NodeProto, *names: str) -> None:
    kept = [attribute for attribute in node.attribute if attribute.name not in names]
    del node.attribute[:]
    node.attribute.extend(kept)


def _aligned(
    editor: Editor, made: NodeProto, attributes: dict[str, onnx.AttributeProto], ranks: dict[str, int]
) -> list[NodeProto]:
    """An Unsqueeze of the second operand to where the attribute `axis` puts its axes, if it needs one."""
    if "axis" not in attributes or "broadcast" not in attributes or not attributes["broadcast"].i:
        return []
    first, second = ranks.get(made.input[0], 0), ranks.get(made.input[1], 0)
    behind = first - attributes["axis"].i - second
    if behind < 1 or second == 0:
        return []
    name = editor.fresh(f"{made.output[0]}_aligned")
    axes = editor.constant(f"{name}_axes", np.arange(second, second + behind, dtype=np.int64))
    node = helper.make_node("Unsqueeze", [made.input[1], axes], [name], name=name)
    made.input[1] = name
    return [node]
