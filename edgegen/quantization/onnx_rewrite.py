"""A float ONNX model with ranges -> the same model with QuantizeLinear and DequantizeLinear, as importers take it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, NodeProto, helper

from edgegen.ir import Array, QuantParams
from edgegen.ops.softmax import PROBABILITY
from edgegen.quantization.onnx_fold import Editor, channel_axis, float_weights
from edgegen.quantization.ranges import Range, activation_params, stored, symmetric_params
from edgegen.quantization.weights import channel_scales, quantize_channels

#: operators that move or select values: the result has the operand's scale
MOVES = (
    "Flatten", "Gather", "MaxPool", "Pad", "Reshape", "Resize", "Slice", "Squeeze", "Transpose", "Unsqueeze",
)  # fmt: skip
#: bounds that the importer moves into the operator in front of them
CLAMPS = ("Clip", "Relu")
FIXED: Mapping[str, QuantParams] = {
    "Sigmoid": PROBABILITY,
    "Softmax": PROBABILITY,
    "Tanh": QuantParams((1.0 / 128,), (0,)),
}


def quantized_model(model: ModelProto, ranges: Mapping[str, Range]) -> ModelProto:
    """ranges: of every float tensor computed at run time and every input. The model is as `prepared` makes it."""
    editor = Editor.of(model)
    params = {info.name: activation_params(ranges[info.name]) for info in model.graph.input if info.name in ranges}
    params |= {
        node.output[0]: FIXED.get(node.op_type) or activation_params(ranges[node.output[0]])
        for node in editor.nodes
        if node.output[0] in ranges and not _waits(editor, node)
    }
    inputs = [info.name for info in model.graph.input if info.name in params]
    readers = {name: f"{name}_dequantized" for name in inputs}
    nodes: list[NodeProto] = []
    for name in inputs:
        nodes += _pair(editor, name, readers[name], params[name])
    scales = _scales_of_operands(editor, params)
    for node in list(editor.nodes):
        made = NodeProto()
        made.CopyFrom(node)
        nodes += _constant_operands(editor, node, made, scales)
        for slot, name in enumerate(made.input):
            made.input[slot] = readers.get(name, name)
        nodes.append(made)
        output = node.output[0]
        if output in params:
            made.output[0] = f"{output}_real"
            nodes += _pair(editor, made.output[0], output, params[output])
    editor.nodes = nodes
    return editor.finished()


def _waits(editor: Editor, node: NodeProto) -> bool:
    """Whether the result needs no parameters of its own: it keeps the operand's, or its only reader is merged."""
    if node.op_type in MOVES or node.op_type == "DequantizeLinear":
        return True
    reader = editor.only_user(node.output[0])
    return reader is not None and (reader.op_type in CLAMPS or _is_bias(editor, node, reader))


def _is_bias(editor: Editor, node: NodeProto, reader: NodeProto) -> bool:
    """Whether `reader` adds a constant per output channel to a matrix product."""
    weights = editor.constants.get(node.input[1]) if node.op_type == "MatMul" and len(node.input) == 2 else None
    if weights is None or reader.op_type != "Add":
        return False
    other = next((editor.constants[name] for name in reader.input if name in editor.constants), None)
    return other is not None and other.size in (1, weights.shape[-1]) and other.shape[-1:] in ((), (other.size,))


def _scales_of_operands(editor: Editor, params: Mapping[str, QuantParams]) -> dict[str, float]:
    """Activation scale by tensor name, through operators that keep it."""
    scales = {name: quant.scale[0] for name, quant in params.items()}
    for node in editor.nodes:
        if node.op_type in MOVES and node.input[0] in scales:
            scales[node.output[0]] = scales[node.input[0]]
    return scales


def _pair(editor: Editor, source: str, target: str, quant: QuantParams) -> list[NodeProto]:
    """QuantizeLinear and DequantizeLinear between two names."""
    scale = editor.constant(f"{target}_scale", np.array(quant.scale[0], dtype=np.float32))
    zero = editor.constant(f"{target}_zero", np.array(quant.zero_point[0], dtype=np.int8))
    codes = editor.fresh(f"{target}_codes")
    return [
        helper.make_node("QuantizeLinear", [source, scale, zero], [codes], name=f"{target}_quantize"),
        helper.make_node("DequantizeLinear", [codes, scale, zero], [target], name=f"{target}_dequantize"),
    ]


def _constant_operands(
    editor: Editor, node: NodeProto, made: NodeProto, scales: Mapping[str, float]
) -> list[NodeProto]:
    """Quantise the node's float constants that must be integers; `made` reads what the returned nodes give."""
    weights = float_weights(editor, node)
    if weights is not None:
        axis = channel_axis(editor, node)
        bias = editor.constants.get(node.input[2]) if len(node.input) > 2 else None
        flat = None if bias is None else np.broadcast_to(bias.reshape(-1), (weights.shape[axis],))
        found = channel_scales(weights, axis, flat, scales.get(node.input[0], 1.0))
        return [_dequantized(editor, made, 1, quantize_channels(weights, axis, found), found, axis)]
    if node.op_type not in ("Add", "Mul", "Sub", "Concat") or _adds_bias(editor, node):
        return []
    added = []
    for slot, name in enumerate(node.input):
        values = editor.constants.get(name)
        if values is not None and values.dtype.kind == "f" and (values.size > 1 or node.op_type == "Concat"):
            quant = symmetric_params(values)
            added.append(_dequantized(editor, made, slot, stored(values, quant), np.array(quant.scale), None))
    return added


def _adds_bias(editor: Editor, node: NodeProto) -> bool:
    return any(
        maker.output[0] in node.input and editor.only_user(maker.output[0]) is node and _is_bias(editor, maker, node)
        for maker in editor.nodes
    )


def _dequantized(
    editor: Editor, made: NodeProto, slot: int, codes: Array, scales: Array, axis: int | None
) -> NodeProto:
    """A DequantizeLinear of stored integers in place of an operand."""
    name = made.input[slot]
    stored_name = editor.constant(f"{name}_codes", codes)
    shape = () if axis is None else scales.shape
    scale = editor.constant(f"{name}_scale", scales.astype(np.float32).reshape(shape))
    zero = editor.constant(f"{name}_zero", np.zeros(shape, dtype=np.int8))
    target = editor.fresh(f"{name}_dequantized_{made.output[0]}")
    made.input[slot] = target
    node = helper.make_node("DequantizeLinear", [stored_name, scale, zero], [target], name=target)
    if axis is not None:
        node.attribute.append(helper.make_attribute("axis", axis))
    return node
