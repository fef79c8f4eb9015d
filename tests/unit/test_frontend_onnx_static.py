"""Networks that onnxruntime's own quantiser wrote, in every form that it writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from edgegen.errors import UnsupportedError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from tests.models.onnxruntime_nodes import assert_operators_within_one_step, real, session

Array = NDArray[Any]
SHAPE = (1, 3, 16, 16)


class Samples(CalibrationDataReader):  # type: ignore[misc]
    """Ten normal images."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self._rest: Iterator[Array] = iter([rng.normal(0, 1, SHAPE).astype(np.float32) for _ in range(10)])

    def get_next(self) -> dict[str, Array] | None:
        image = next(self._rest, None)
        return None if image is None else {"x": image}


def float_network() -> onnx.ModelProto:
    """Convolutions, a residual sum, a gate, pools, concatenation, matrices, softmax."""
    rng = np.random.default_rng(1)
    constants = [numpy_helper.from_array(np.float32(value), name) for name, value in (("lo", 0), ("hi", 6))]

    def weights(name: str, *shape: int) -> str:
        values = rng.normal(0, 1, shape) / np.sqrt(np.prod(shape[1:]) or 1)
        constants.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def op(kind: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
        return helper.make_node(kind, inputs, [output], name=f"{kind}_{output}", **attributes)

    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes = [
        op("Conv", ["x", weights("w1", 8, 3, 3, 3), weights("b1", 8)], "c1", pads=[1] * 4, strides=[2, 2]),
        op("Relu", ["c1"], "r1"),
        op("Conv", ["r1", weights("w2", 8, 1, 3, 3), weights("b2", 8)], "c2", pads=[1] * 4, group=8),
        op("Clip", ["c2", "lo", "hi"], "r2"),
        op("Conv", ["r2", weights("w3", 8, 8, 1, 1)], "c3"),
        op("Add", ["c3", "r1"], "sum"),
        op("Relu", ["sum"], "r3"),
        op("Sigmoid", ["r3"], "gate"),
        op("Mul", ["r3", "gate"], "gated"),
        op("MaxPool", ["gated"], "max", **pool),
        op("AveragePool", ["gated"], "average", **pool),
        op("Concat", ["max", "average"], "joined", axis=1),
        op("LeakyRelu", ["joined"], "leaky", alpha=0.1),
        op("GlobalAveragePool", ["leaky"], "mean"),
        op("Flatten", ["mean"], "flat"),
        op("Gemm", ["flat", weights("w4", 10, 16), weights("b4", 10)], "hidden", transB=1),
        op("MatMul", ["hidden", weights("w5", 10, 6)], "product"),
        op("Add", ["product", weights("b5", 6)], "scores"),
        op("Softmax", ["scores"], "y"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 6])
    graph = helper.make_graph(nodes, "network", [x], [y], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def quantized(tmp_path: Path, form: QuantFormat, activation: QuantType, weight: QuantType, channels: bool) -> Path:
    source, path = tmp_path / "float.onnx", tmp_path / "int8.onnx"
    onnx.save(float_network(), source)
    quantize_static(
        source,
        path,
        Samples(),
        quant_format=form,
        per_channel=channels,
        activation_type=activation,
        weight_type=weight,
    )
    return path


@pytest.mark.parametrize("channels", [True, False])
@pytest.mark.parametrize("activation", [QuantType.QInt8, QuantType.QUInt8])
def test_qdq_networks_are_within_one_step_at_every_operator(
    tmp_path: Path, activation: QuantType, channels: bool
) -> None:
    path = quantized(tmp_path, QuantFormat.QDQ, activation, QuantType.QInt8, channels)
    assert assert_operators_within_one_step(path, share=0.95) >= 10


@pytest.mark.parametrize("channels", [True, False])
def test_qoperator_networks_equal_onnxruntime_but_for_single_steps(tmp_path: Path, channels: bool) -> None:
    path = quantized(tmp_path, QuantFormat.QOperator, QuantType.QInt8, QuantType.QInt8, channels)
    graph, oracle = load(path), session(path.read_bytes())
    quant = graph.outputs[0].type.quant
    assert quant is not None
    rng = np.random.default_rng(4)
    differences = []
    for _ in range(20):
        codes = np.clip(rng.normal(0, 30, SHAPE), -128, 127).astype(np.int8)
        (expected,) = oracle.run(None, {"x": real(graph.inputs[0], codes)})
        steps = np.rint(expected / np.float32(quant.scale[0])) + quant.zero_point[0]
        differences.append(np.abs(Interpreter(graph).run({"x": codes})[0] - steps))
    # A step of one score is several steps of its probability.
    assert np.max(differences) <= 6
    assert np.mean(np.array(differences) == 0) > 0.5


def test_asymmetric_weights_are_refused_with_advice(tmp_path: Path) -> None:
    path = quantized(tmp_path, QuantFormat.QDQ, QuantType.QUInt8, QuantType.QUInt8, False)
    with pytest.raises(UnsupportedError, match="Quantise the weights symmetrically"):
        load(path)
