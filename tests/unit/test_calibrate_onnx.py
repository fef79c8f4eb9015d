"""Quantization of float ONNX models after training: what is folded, what is quantised, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from edgegen.errors import UnsupportedError, UsageError
from edgegen.frontends import load
from edgegen.ir import Const, Graph
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.softmax import PROBABILITY
from edgegen.pipeline import integer_graph
from edgegen.quantization import load_calibrated
from edgegen.quantization.onnx_fold import prepared
from edgegen.quantization.onnx_legacy import upgraded

Array = NDArray[Any]
RNG = np.random.default_rng(9)
IMAGE = (1, 2, 8, 8)


def f32(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


def model(
    nodes: list[onnx.NodeProto],
    constants: dict[str, Array],
    out: tuple[int, ...] = IMAGE,
    shape: tuple[int, ...] = IMAGE,
    opset: int = 13,
) -> ModelProto:
    """A model from x to y, of shape `out`."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, out)
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "g", [x], [y], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(kind: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], name=output, **attributes)


def classifier(opset: int = 13) -> ModelProto:
    """Conv, BatchNormalization, Relu, MaxPool, Flatten, MatMul, Add, Softmax."""
    constants = {
        "w": f32(4, 2, 3, 3), "gain": f32(4), "shift": f32(4), "mean": f32(4), "var": f32(4) ** 2 + np.float32(0.5),
        "dense": f32(64, 5) * np.float32(0.05), "bias": f32(5),
    }  # fmt: skip
    nodes = [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
        node("BatchNormalization", "c gain shift mean var", "n"),
        node("Relu", "n", "r"),
        node("MaxPool", "r", "m", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", "m", "f"),
        node("MatMul", "f dense", "d"),
        node("Add", "d bias", "a"),
        node("Softmax", "a", "y", axis=-1),
    ]
    return model(nodes, constants, (1, 5), opset=opset)


def calibrated(folder: Path, made: ModelProto, count: int = 30) -> Graph:
    onnx.save(made, folder / "m.onnx")
    shape = [d.dim_value for d in made.graph.input[0].type.tensor_type.shape.dim]
    np.savez(folder / "c.npz", x=f32(count, *shape))
    return load_calibrated(folder / "m.onnx", folder / "c.npz")


def snr(graph: Graph) -> float:
    assert graph.calibration is not None
    return graph.calibration.outputs[0].snr_db or 0.0


def assert_same(first: ModelProto, second: ModelProto) -> None:
    """Both compute the same from random inputs."""
    shape = [d.dim_value for d in first.graph.input[0].type.tensor_type.shape.dim]
    sessions = [onnxruntime.InferenceSession(made.SerializeToString()) for made in (first, second)]
    for _ in range(3):
        x = f32(*shape)
        a, b = (session.run(None, {"x": x})[0] for session in sessions)
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


def test_a_float_classifier_becomes_an_integer_graph_close_to_it(tmp_path: Path) -> None:
    graph = calibrated(tmp_path, classifier())
    kinds = [op.op_name for op in integer_graph(graph).ops if op.op_name not in ("reshape", "transpose")]
    assert kinds == ["conv2d", "max_pool2d", "fully_connected", "softmax"]
    assert snr(graph) > 25
    assert graph.outputs[0].type.quant == PROBABILITY


def test_weights_get_one_scale_per_output_channel(tmp_path: Path) -> None:
    (conv,) = [op for op in calibrated(tmp_path, classifier()).ops if isinstance(op, Conv2D)]
    assert isinstance(conv.w, Const) and conv.requant.channels == 4
    assert (np.abs(conv.w.value.astype(int)).max(axis=(1, 2, 3)) == 127).all()


def test_preparation_folds_normalization_and_bias_and_changes_nothing() -> None:
    whole = classifier()
    made = prepared(whole)
    assert [n.op_type for n in made.graph.node] == ["Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Softmax"]
    assert_same(whole, made)


def test_preparation_computes_constants_and_drops_identities() -> None:
    nodes = [
        node("Reshape", "raw shape", "w"),
        node("Identity", "x", "same"),
        node("Conv", "same w", "c"),
        node("Add", "c offset", "y"),
    ]
    constants = {"raw": f32(6), "shape": np.array([3, 2, 1, 1]), "offset": f32(3, 1, 1)}
    whole = model(nodes, constants, (1, 3, 8, 8))
    made = prepared(whole)
    assert [n.op_type for n in made.graph.node] == ["Conv"] and len(made.graph.node[0].input) == 3
    assert_same(whole, made)


def test_a_normalization_that_stands_alone_becomes_a_product_and_a_sum(tmp_path: Path) -> None:
    constants = {"gain": f32(2), "shift": f32(2), "mean": f32(2), "var": f32(2) ** 2 + np.float32(0.5)}
    single = model([node("BatchNormalization", "x gain shift mean var", "y")], constants)
    assert [n.op_type for n in prepared(single).graph.node] == ["Mul", "Add"]
    assert_same(single, prepared(single))
    assert snr(calibrated(tmp_path, single)) > 30


def test_residual_sums_and_tables_are_quantised(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
        node("LeakyRelu", "c", "l", alpha=0.2),
        node("Add", "l x", "s"),
        node("GlobalAveragePool", "s", "g"),
        node("Sigmoid", "g", "y"),
    ]
    graph = calibrated(tmp_path, model(nodes, {"w": f32(2, 2, 3, 3)}, (1, 2, 1, 1)))
    assert {"conv2d", "add", "lut"} <= {op.op_name for op in graph.ops}
    assert snr(graph) > 30


def test_integer_weights_behind_dequantizelinear_are_kept(tmp_path: Path) -> None:
    codes = RNG.integers(-127, 128, (4, 2, 3, 3)).astype(np.int8)
    codes[RNG.random(codes.shape) < 0.7] = 0
    constants = {"codes": codes, "s": np.float32(0.02), "z": np.int8(0)}
    made = model(
        [node("DequantizeLinear", "codes s z", "w"), node("Conv", "x w", "y")],
        {name: np.asarray(value) for name, value in constants.items()},
        (1, 4, 6, 6),
    )
    graph = calibrated(tmp_path, made)
    (conv,) = [op for op in graph.ops if isinstance(op, Conv2D)]
    assert isinstance(conv.w, Const)
    np.testing.assert_array_equal(conv.w.value, codes.transpose(0, 2, 3, 1))
    assert snr(graph) > 30


def test_old_operator_sets_are_converted(tmp_path: Path) -> None:
    assert snr(calibrated(tmp_path, classifier(opset=9))) > 25


def test_attributes_of_the_first_operator_set_become_operands(tmp_path: Path) -> None:
    nodes = [
        node("Reshape", "raw", "b", shape=[2]),
        node("Conv", "x w", "c", kernel_shape=[1, 1]),
        node("Add", "c b", "a", axis=1, broadcast=1),
        node("Reshape", "a", "y", shape=[1, 128]),
    ]
    constants = {"raw": f32(1, 2), "w": f32(2, 2, 1, 1)}
    made = upgraded(model(nodes, constants, (1, 128), opset=1), 1, 13)
    x = f32(*IMAGE)
    (y,) = ReferenceEvaluator(made).run(None, {"x": x})
    expected = np.einsum("oi,nihw->nohw", constants["w"][:, :, 0, 0], x) + constants["raw"].reshape(1, 2, 1, 1)
    np.testing.assert_allclose(y, expected.reshape(1, 128), rtol=1e-5, atol=1e-5)


def test_a_quantised_model_is_no_case_for_calibration(tmp_path: Path) -> None:
    constants = {"s": np.array(0.1, np.float32), "z": np.array(0, np.int8)}
    nodes = [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z", "y")]
    with pytest.raises(UsageError, match=r"quantised already \(QuantizeLinear\)"):
        calibrated(tmp_path, model(nodes, constants))


def test_integer_weights_without_a_scale_are_refused(tmp_path: Path) -> None:
    made = model([node("MatMul", "x w", "y")], {"w": np.ones((4, 3), np.int8)}, (1, 3), shape=(1, 4))
    with pytest.raises(UnsupportedError, match="int8 without a scale"):
        calibrated(tmp_path, made)


def test_operators_that_cannot_be_compiled_are_listed(tmp_path: Path) -> None:
    nodes = [node("Conv", "x w", "c"), node("Ceil", "c", "e"), node("Floor", "e", "y")]
    with pytest.raises(UnsupportedError) as caught:
        calibrated(tmp_path, model(nodes, {"w": f32(2, 2, 1, 1)}))
    assert any("Ceil" in str(refusal) for refusal in caught.value.refusals)


def test_without_calibration_the_advice_names_the_option(tmp_path: Path) -> None:
    onnx.save(classifier(), tmp_path / "m.onnx")
    with pytest.raises(UnsupportedError, match=r"--calibrate F\.npz"):
        load(tmp_path / "m.onnx")
