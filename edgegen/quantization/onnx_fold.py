"""A float ONNX model in the form that quantization takes: constants computed, biases and normalisations in the weights.

Each step is exact but for float32 rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from edgegen.ir import Array

#: operators with weights as operand 1
LINEAR = ("Conv", "Gemm", "MatMul")
#: most elements of a constant that is computed here
_MAX_ELEMENTS = 1 << 24
#: oldest version of the file format in which initializers need not be inputs as well
_IR_VERSION = 4


@dataclass
class Editor:
    """The main graph of a model as Python lists, with constants by name."""

    model: ModelProto
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    #: number of axes of tensors, where onnx can tell
    ranks: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, model: ModelProto) -> Editor:
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        known = onnx.shape_inference.infer_shapes(model).graph
        infos = [i for i in (*known.value_info, *known.input, *known.output) if i.type.tensor_type.HasField("shape")]
        ranks = {info.name: len(info.type.tensor_type.shape.dim) for info in infos}
        return cls(model, list(model.graph.node), constants, ranks)

    def finished(self) -> ModelProto:
        """The model with these nodes and the constants that they use."""
        made = ModelProto()
        made.CopyFrom(self.model)
        made.ir_version = max(made.ir_version, _IR_VERSION)
        graph = made.graph
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(self.nodes)
        used = {name for node in self.nodes for name in node.input}
        graph.initializer.extend(
            numpy_helper.from_array(np.asarray(array), name) for name, array in self.constants.items() if name in used
        )
        kept = [info for info in graph.input if info.name not in self.constants]
        del graph.input[:]
        graph.input.extend(kept)
        return made

    def users(self, name: str) -> list[NodeProto]:
        return [node for node in self.nodes if name in node.input]

    def is_output(self, name: str) -> bool:
        return any(info.name == name for info in self.model.graph.output)

    def only_user(self, name: str) -> NodeProto | None:
        """The one node that reads a tensor which is no graph output."""
        users = self.users(name)
        return users[0] if len(users) == 1 and not self.is_output(name) else None

    def fresh(self, name: str) -> str:
        """A tensor name that nothing has yet."""
        taken = set(self.constants) | {n for node in self.nodes for n in (*node.input, *node.output)}
        while name in taken:
            name += "_"
        return name

    def constant(self, name: str, array: Array) -> str:
        name = self.fresh(name)
        self.constants[name] = array
        return name


def prepared(model: ModelProto) -> ModelProto:
    """Constants computed, Identity gone, BatchNormalization and additions folded."""
    editor = Editor.of(model)
    _fold_constants(editor)
    _drop_identities(editor)
    for step in (_fold_addition, _fold_normalization):
        _repeat(editor, step)
    editor.nodes = [part for node in editor.nodes for part in _expanded(editor, node)]
    return editor.finished()


def _repeat(editor: Editor, step: Callable[[Editor, NodeProto], bool]) -> None:
    """Apply a step until it finds nothing more to do."""
    changed = True
    while changed:
        changed = any(step(editor, node) for node in list(editor.nodes))


def _fold_constants(editor: Editor) -> None:
    """Compute every node whose operands are all constant; dequantised weights stay as they are stored."""
    kept = []
    for node in editor.nodes:
        foldable = node.op_type not in ("DequantizeLinear", "QuantizeLinear") and len(node.output) == 1
        if not foldable or any(name and name not in editor.constants for name in node.input):
            kept.append(node)
            continue
        value = _evaluated(editor, node)
        if value.size > _MAX_ELEMENTS:
            kept.append(node)
            continue
        editor.constants[node.output[0]] = value
    editor.nodes = kept


def _evaluated(editor: Editor, node: NodeProto) -> Array:
    output = helper.make_tensor_value_info(node.output[0], TensorProto.UNDEFINED, None)
    inputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.input if name]
    graph = helper.make_graph([node], "constant", inputs, [output])
    single = helper.make_model(graph, opset_imports=list(editor.model.opset_import))
    feeds = {name: editor.constants[name] for name in node.input if name}
    (value,) = ReferenceEvaluator(single).run(None, feeds)
    return np.asarray(value)


def _drop_identities(editor: Editor) -> None:
    """Identity and Dropout: their users read what they copy, unless it is a graph output."""
    renamed: dict[str, str] = {}
    kept = []
    for node in editor.nodes:
        for slot, name in enumerate(node.input):
            if name in renamed:
                node = _with_input(node, slot, renamed[name])
        if node.op_type in ("Identity", "Dropout") and not editor.is_output(node.output[0]):
            renamed[node.output[0]] = node.input[0]
        else:
            kept.append(node)
    editor.nodes = kept


def _with_input(node: NodeProto, slot: int, name: str) -> NodeProto:
    made = NodeProto()
    made.CopyFrom(node)
    made.input[slot] = name
    return made


def _replaced(editor: Editor, old: NodeProto, new: NodeProto, gone: NodeProto) -> bool:
    """new takes old's place and gives gone's output."""
    del new.output[:]
    new.output.append(gone.output[0])
    editor.nodes = [new if node is old else node for node in editor.nodes if node is not gone]
    return True


def channel_axis(editor: Editor, node: NodeProto) -> int:
    """The axis of a linear node's weights that counts output channels."""
    if node.op_type == "Conv":
        return 0
    transposed = node.op_type == "Gemm" and any(a.name == "transB" and a.i for a in node.attribute)
    return 0 if transposed else editor.constants[node.input[1]].ndim - 1


def float_weights(editor: Editor, node: NodeProto) -> Array | None:
    """The constant float weights of a linear node; None for other nodes and weights."""
    if node.op_type not in LINEAR or len(node.input) < 2:
        return None
    weights = editor.constants.get(node.input[1])
    return weights if weights is not None and weights.dtype.kind == "f" and weights.ndim > 1 else None


def _per_channel(array: Array, channels: int, image: bool) -> Array | None:
    """The values of a constant that broadcasts along the channels of a linear node's output, or None."""
    if array.size == 1:
        return np.full(channels, array.reshape(-1)[0], dtype=np.float32)
    wanted = (channels, 1, 1) if image else (channels,)
    shape = tuple(array.shape)
    while len(shape) > len(wanted) and shape[0] == 1:
        shape = shape[1:]
    return array.reshape(-1).astype(np.float32) if shape == wanted else None


def _fold_addition(editor: Editor, node: NodeProto) -> bool:
    """Conv, Gemm or MatMul of two axes and Add of a constant per channel -> the bias."""
    weights = float_weights(editor, node)
    follower = editor.only_user(node.output[0]) if weights is not None else None
    if node.op_type == "MatMul" and editor.ranks.get(node.output[0]) != 2:
        return False
    if weights is None or follower is None or follower.op_type != "Add":
        return False
    other = next((editor.constants[n] for n in follower.input if n in editor.constants), None)
    channels = weights.shape[channel_axis(editor, node)]
    added = None if other is None else _per_channel(other, channels, node.op_type == "Conv")
    bias = _bias(editor, node, channels)
    if added is None or bias is None:
        return False
    return _replaced(editor, node, _with_bias(editor, node, node.input[1], bias + added), follower)


def _bias(editor: Editor, node: NodeProto, channels: int) -> Array | None:
    """The bias per channel (0 where there is none); None when it is not constant or not per channel."""
    if len(node.input) < 3 or not node.input[2]:
        return np.zeros(channels, dtype=np.float32)
    found = editor.constants.get(node.input[2])
    return None if found is None else _per_channel(found, channels, False)


def _with_bias(editor: Editor, node: NodeProto, weights: str, bias: Array) -> NodeProto:
    made = NodeProto()
    made.CopyFrom(node)
    made.op_type = "Gemm" if node.op_type == "MatMul" else node.op_type
    del made.input[:]
    made.input.extend([node.input[0], weights, editor.constant(f"{node.output[0]}_bias", bias.astype(np.float32))])
    return made


def _fold_normalization(editor: Editor, node: NodeProto) -> bool:
    """Conv, Gemm or MatMul of two axes and BatchNormalization -> one node."""
    weights = float_weights(editor, node)
    follower = editor.only_user(node.output[0]) if weights is not None else None
    if node.op_type == "MatMul" and editor.ranks.get(node.output[0]) != 2:
        return False
    if weights is None or follower is None or follower.op_type != "BatchNormalization":
        return False
    axis = channel_axis(editor, node)
    bias = _bias(editor, node, weights.shape[axis])
    factors = _normalization(editor, follower)
    if bias is None or factors is None:
        return False
    scale, offset = factors
    along = tuple(-1 if i == axis else 1 for i in range(weights.ndim))
    scaled = (weights * scale.reshape(along)).astype(np.float32)
    name = editor.constant(f"{node.input[1]}_scaled", scaled)
    return _replaced(editor, node, _with_bias(editor, node, name, bias * scale + offset), follower)


def _normalization(editor: Editor, node: NodeProto) -> tuple[Array, Array] | None:
    """(scale, offset) per channel of a BatchNormalization with constant statistics."""
    if any(name not in editor.constants for name in node.input[1:5]):
        return None
    gain, shift, mean, variance = (editor.constants[name].astype(np.float64) for name in node.input[1:5])
    epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
    scale = gain / np.sqrt(variance + epsilon)
    return scale, shift - mean * scale


def _expanded(editor: Editor, node: NodeProto) -> list[NodeProto]:
    """BatchNormalization that nothing took in -> Mul and Add of constants per channel; other nodes as they are."""
    factors = _normalization(editor, node) if node.op_type == "BatchNormalization" else None
    rank = editor.ranks.get(node.output[0])
    if factors is None or rank is None:
        return [node]
    output = node.output[0]
    shape = (-1,) + (1,) * max(rank - 2, 0)
    scale, offset = (
        editor.constant(f"{output}_{name}", values.astype(np.float32).reshape(shape))
        for name, values in zip(("gain", "offset"), factors, strict=True)
    )
    scaled = editor.fresh(f"{output}_scaled")
    return [
        helper.make_node("Mul", [node.input[0], scale], [scaled], name=f"{node.name or output}_gain"),
        helper.make_node("Add", [scaled, offset], [output], name=f"{node.name or output}_offset"),
    ]
