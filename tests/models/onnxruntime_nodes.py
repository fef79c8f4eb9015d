"""onnxruntime as the oracle of ONNX models, operator by operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Input, Node

Array = NDArray[Any]


def session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def real(node: Input, codes: Array) -> Array:
    quant = node.type.quant
    assert quant is not None
    return (codes.astype(np.float32) - quant.zero_point[0]) * np.float32(quant.scale[0])


def recorded(path: Path, feed: dict[str, Array]) -> dict[str, Array]:
    """The integers that onnxruntime makes of every tensor that a QuantizeLinear takes, by that tensor's name."""
    model = onnx.load(path)
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    for node in quantizers:
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(node.output[0]))
    values = session(model.SerializeToString()).run([node.output[0] for node in quantizers], feed)
    signed = [value.astype(np.int16) - 128 if value.dtype == np.uint8 else value for value in values]
    return {node.input[0]: value for node, value in zip(quantizers, signed, strict=True)}


def channels_first(value: Array, shape: tuple[int, ...]) -> Array:
    """A node's value in the ONNX tensor's layout."""
    moved = value.transpose(0, 3, 1, 2) if value.ndim == 4 else value
    return moved.reshape(shape)


def as_node(value: Array, node: Node) -> Array:
    """The other way round."""
    shape = node.type.shape
    if len(shape) != 4:
        return value.reshape(shape).astype(np.int8)
    n, h, w, c = shape
    return np.ascontiguousarray(value.reshape(n, c, h, w).transpose(0, 2, 3, 1)).astype(np.int8)


def outputs_of(path: Path) -> dict[int, str]:
    """Operator index -> the name of its output, followed through Relu and Clip to the tensor that is quantised."""
    nodes = onnx.load(path).graph.node
    users = {name: node for node in nodes for name in node.input}
    found = {}
    for index, node in enumerate(nodes):
        name = node.output[0]
        while name in users and users[name].op_type in ("Relu", "Clip", "Reshape", "Flatten"):
            name = users[name].output[0]
        found[index] = name
    return found


def assert_operators_within_one_step(path: Path, share: float = 0.99) -> int:
    """Compare each operator from onnxruntime's own inputs, so that a difference of one step in an early layer does not
    grow on its way to the last. Returns how many operators were compared; `share` of all elements must be equal."""
    graph = load(path)
    codes = np.random.default_rng(0).integers(-128, 128, graph.inputs[0].type.shape).astype(np.int8)
    truth = recorded(path, {graph.inputs[0].name: real(graph.inputs[0], codes)})
    outputs = outputs_of(path)
    interpreter = Interpreter(graph)
    interpreter.run({graph.inputs[0].name: codes})
    given: dict[int, Array] = dict(interpreter.all_values)
    compared, equal, operators = 0, 0, 0
    for op in graph.ops:
        wanted = truth.get(outputs.get(op.origin.index, ""))
        if wanted is None or wanted.size != op.type.size or op.op_name in ("reshape", "transpose", "softmax"):
            given[id(op)] = op.reference(*(given[id(operand)] for operand in op.operands))
            continue
        got = channels_first(op.reference(*(given[id(operand)] for operand in op.operands)), wanted.shape)
        difference = np.abs(got.astype(np.int16) - wanted)
        assert difference.max() <= 1, str(op.origin)
        operators += 1
        compared += difference.size
        equal += int((difference == 0).sum())
        given[id(op)] = as_node(wanted, op)
    assert equal / compared > share, f"{equal} of {compared} elements are equal"
    return operators
