"""The ONNX frontend on graphs made here, against onnxruntime without its optimisations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgegen.errors import ModelError, UnsupportedError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from edgegen.ops.add import Add

Array = NDArray[Any]
RNG = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def same_numbers_whatever_ran_before() -> None:
    RNG.bit_generator.state = np.random.default_rng(11).bit_generator.state


class Builder:
    """Collects the nodes and constants of a QDQ graph."""

    def __init__(self, activation: str = "int8") -> None:
        self.activation = np.dtype(activation)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._count = 0

    def name(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def const(self, array: Array) -> str:
        name = self.name()
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = self.name()
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=f"{kind}_{output}", **attributes))
        return output

    def qdq(self, x: str, scale: float, zero: int) -> str:
        """QuantizeLinear and DequantizeLinear; zero counts from int8, whatever the activations' type."""
        offset = zero + (128 if self.activation == np.uint8 else 0)
        pair = [self.const(np.float32(scale)), self.const(self.activation.type(offset))]
        return self.op("DequantizeLinear", self.op("QuantizeLinear", x, *pair), *pair)

    def weights(self, *shape: int, axis: int | None = 0, dtype: str = "int8") -> str:
        values = RNG.integers(-127, 128, shape)
        zero = 128 if dtype == "uint8" else 0
        stored = self.const((values + zero).astype(dtype))
        if axis is None:
            return self.op("DequantizeLinear", stored, self.const(np.float32(0.004)), self.const(np.array(zero, dtype)))
        scales = RNG.uniform(0.001, 0.01, shape[axis]).astype(np.float32)
        zeros = np.full(shape[axis], zero, dtype)
        return self.op("DequantizeLinear", stored, self.const(scales), self.const(zeros), axis=axis)

    def bias(self, count: int) -> str:
        return self.const(RNG.normal(0, 0.5, count).astype(np.float32))

    def model(self, x_shape: tuple[Any, ...], y: str, x_type: int = TensorProto.FLOAT, opset: int = 17) -> bytes:
        graph = helper.make_graph(
            self.nodes,
            "test",
            [helper.make_tensor_value_info("x", x_type, x_shape)],
            [helper.make_tensor_value_info(y, TensorProto.FLOAT, None)],
            self.constants,
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        inferred: bytes = onnx.shape_inference.infer_shapes(model).SerializeToString()
        return inferred


def loaded(tmp_path: Path, data: bytes) -> Graph:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    return load(path)


def onnxruntime_outputs(data: bytes, x: Array) -> list[Array]:
    """onnxruntime's outputs without graph optimisations: its fused int8 kernels saturate at 16 bits on some CPUs."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    outputs: list[Array] = session.run(None, {"x": x})
    return outputs


def compare(tmp_path: Path, data: bytes, samples: int = 5, share: float = 0.97) -> Graph:
    """At least `share` of the outputs equal onnxruntime's, and none is more than one step away."""
    graph = loaded(tmp_path, data)
    interpreter = Interpreter(graph)
    (node,), (output,) = graph.inputs, graph.outputs
    x_quant, y_quant = node.type.quant, output.type.quant
    assert x_quant is not None and y_quant is not None
    differences = []
    for _ in range(samples):
        codes = RNG.integers(-128, 128, node.type.shape).astype(np.int8)
        real = (codes.astype(np.float32) - x_quant.zero_point[0]) * np.float32(x_quant.scale[0])
        (expected,) = onnxruntime_outputs(data, real)
        steps = np.rint(expected / np.float32(y_quant.scale[0])) + y_quant.zero_point[0]
        (got,) = interpreter.run({node.name: codes})
        assert got.shape == expected.shape
        differences.append(np.abs(np.clip(steps, -128, 127) - got))
    assert np.max(differences) <= 1
    assert np.mean(np.array(differences) == 0) >= share
    return graph


@pytest.mark.parametrize("activation", ["int8", "uint8"])
@pytest.mark.parametrize("weights", ["int8", "uint8"])
def test_a_convolutional_network_equals_onnxruntime(tmp_path: Path, activation: str, weights: str) -> None:
    b = Builder(activation)
    x = b.qdq("x", 0.02, -3)
    x = b.op("Conv", x, b.weights(6, 3, 3, 3, dtype=weights), b.bias(6), pads=[1, 0, 2, 1], strides=[1, 2])
    x = b.qdq(b.op("Relu", x), 0.015, -128)
    x = b.op("Conv", x, b.weights(6, 1, 3, 3), b.bias(6), group=6, auto_pad="SAME_UPPER")
    x = b.qdq(b.op("Clip", x, b.const(np.float32(0)), b.const(np.float32(6))), 6 / 255, -128)
    x = b.qdq(b.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 1], ceil_mode=1), 6 / 255, -128)
    x = b.op("Gemm", b.op("Flatten", x), b.weights(5, 48), b.bias(5), transB=1)
    graph = compare(tmp_path, b.model((1, 3, 7, 6), b.qdq(x, 0.1, 4)))
    names = [op.op_name for op in graph.ops]
    # Only the user's layout at the input costs a transposition; the one before the matrix went into its weights.
    assert names.count("transpose") == 1 and names[0] == "transpose"


def test_an_input_of_one_channel_needs_no_transposition(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Conv", b.qdq("x", 0.02, -3), b.weights(6, 1, 3, 3))
    x = b.qdq(b.op("GlobalAveragePool", b.qdq(x, 0.0313, 0)), 0.0117, 5)
    graph = compare(tmp_path, b.model((1, 1, 5, 6), b.op("Squeeze", x, b.const(np.array([2, 3])))))
    assert [op.op_name for op in graph.ops] == ["reshape", "conv2d", "mean", "reshape"]


def test_weights_exported_with_their_quantiser_are_stored_as_integers(tmp_path: Path) -> None:
    """As training with quantisation in the loop leaves them: real weights, QuantizeLinear, DequantizeLinear."""
    b = Builder()
    scales, zeros = b.const(RNG.uniform(0.01, 0.02, 5).astype(np.float32)), b.const(np.zeros(5, np.int8))
    w = b.const(RNG.normal(0, 0.5, (5, 3, 3, 3)).astype(np.float32))
    w = b.op("DequantizeLinear", b.op("QuantizeLinear", w, scales, zeros, axis=0), scales, zeros, axis=0)
    m = b.qdq(b.const(RNG.normal(0, 0.5, (4, 80)).astype(np.float32)), 0.015, 0)
    x = b.qdq(b.op("Conv", b.qdq("x", 0.02, -3), w, b.bias(5)), 0.1, 3)
    compare(tmp_path, b.model((1, 3, 6, 6), b.qdq(b.op("Gemm", b.op("Flatten", x), m, transB=1), 0.2, 0)))


def test_a_zero_point_that_is_left_out_is_zero_of_the_tensors_type(tmp_path: Path) -> None:
    for zero in (np.uint8(0), np.int8(0)):
        b = Builder()
        scale, given = b.const(np.float32(0.02)), b.const(zero)
        pair = (scale,) if zero.dtype == np.uint8 else (scale, given)
        x = b.op("DequantizeLinear", b.op("QuantizeLinear", "x", *pair), scale)
        graph = compare(tmp_path, b.model((1, 90), b.qdq(b.op("Relu", x), 0.013, -50)), share=1.0)
        assert graph.inputs[0].type.quant is not None
        assert graph.inputs[0].type.quant.zero_point == (-128 if zero.dtype == np.uint8 else 0,)


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_integer_inputs_take_their_scale_from_the_dequantizer(tmp_path: Path, kind: str) -> None:
    b = Builder()
    zero = np.array(5 if kind == "int8" else 133, kind)
    x = b.op("MaxPool", "x", kernel_shape=[2, 2])
    x = b.op("DequantizeLinear", x, b.const(np.float32(0.02)), b.const(zero))
    x_type = TensorProto.INT8 if kind == "int8" else TensorProto.UINT8
    data = b.model((1, 2, 4, 4), b.qdq(b.op("Relu", x), 0.017, -50), x_type)
    graph = loaded(tmp_path, data)
    codes = RNG.integers(-128, 128, (1, 2, 4, 4)).astype(np.int8)
    given = codes if kind == "int8" else (codes.astype(np.int16) + 128).astype(np.uint8)
    (expected,) = onnxruntime_outputs(data, given)
    (got,) = Interpreter(graph).run({"x": codes})
    np.testing.assert_array_equal(np.rint(expected / np.float32(0.017)) - 50, got)
    assert len(graph.notes) == (1 if kind == "int8" else 2)


def test_a_model_that_ends_in_an_image_gives_it_in_the_users_layout(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Conv", b.qdq("x", 0.02, -3), b.weights(4, 2, 1, 1))
    graph = compare(tmp_path, b.model((1, 2, 5, 6), b.qdq(x, 0.02, 0)))
    assert [op.op_name for op in graph.ops] == ["transpose", "conv2d", "transpose"]
    assert graph.outputs[0].type.shape == (1, 4, 5, 6)


def test_one_dimensional_convolutions_have_one_row(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Conv", b.qdq("x", 0.02, -3), b.weights(8, 3, 5), b.bias(8), pads=[2, 1], strides=[2], dilations=[1])
    x = b.op("Conv", b.qdq(b.op("Relu", x), 0.02, -128), b.weights(8, 1, 3), group=8, pads=[1, 1])
    x = b.qdq(b.op("MaxPool", b.qdq(x, 0.02, 3), kernel_shape=[2], strides=[2]), 0.02, 3)
    compare(tmp_path, b.model((1, 3, 21), x))


def test_residual_networks_equal_onnxruntime(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq("x", 0.02, -3)
    y = b.qdq(b.op("Conv", x, b.weights(3, 3, 3, 3), pads=[1, 1, 1, 1]), 0.05, 9)
    total = b.qdq(b.op("Relu", b.op("Add", x, y)), 0.03, -128)
    gate = b.qdq(b.op("Sigmoid", b.qdq(b.op("GlobalAveragePool", total), 0.01, -100)), 1 / 256, -128)
    x = b.qdq(b.op("Mul", total, gate), 0.02, -100)
    x = b.qdq(b.op("Concat", x, y, axis=1), 0.05, 4)
    compare(tmp_path, b.model((1, 3, 6, 5), x))


def test_matrix_products_with_added_biases_equal_onnxruntime(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Add", b.op("MatMul", b.qdq("x", 0.02, 5), b.weights(12, 7, axis=1)), b.bias(7))
    x = b.qdq(b.op("LeakyRelu", b.qdq(x, 0.03, 3), alpha=0.1), 0.03, -100)
    x = b.op("MatMul", x, b.op("Transpose", b.weights(4, 7), perm=[1, 0]))
    compare(tmp_path, b.model(("batch", 3, 12), b.qdq(b.op("Add", b.bias(4), x), 0.05, 0)))


def test_transposed_and_reshaped_images_keep_their_meaning(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq(b.op("Conv", b.qdq("x", 0.02, -3), b.weights(4, 2, 1, 1)), 0.02, 0)
    x = b.op("Reshape", b.op("Transpose", x, perm=[0, 2, 3, 1]), b.const(np.array([0, -1, 8])))
    x = b.qdq(b.op("Transpose", x, perm=[0, 2, 1]), 0.02, 0)
    x = b.op("Unsqueeze", x, b.const(np.array([1])))
    compare(tmp_path, b.model((1, 2, 4, 6), b.op("Pad", x, b.const(np.array([0, 1, 0, 2, 0, 0, 3, 0])))))


@pytest.mark.parametrize(("axes", "keep"), [([2, 3], 1), ([-1, -2], 0)])
def test_means_over_rows_and_columns_equal_onnxruntime(tmp_path: Path, axes: list[int], keep: int) -> None:
    b = Builder()
    x = b.qdq(b.op("ReduceMean", b.qdq("x", 0.02, 7), axes=axes, keepdims=keep), 0.0117, -9)
    compare(tmp_path, b.model((1, 40, 5, 4), x))


@pytest.mark.parametrize("nearest", ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
@pytest.mark.parametrize("place", ["asymmetric", "half_pixel", "pytorch_half_pixel"])
def test_upsampling_by_whole_factors_equals_onnxruntime(tmp_path: Path, place: str, nearest: str) -> None:
    b = Builder()
    scales = b.const(np.array([1, 1, 2, 3], np.float32))
    options = {"mode": "nearest", "coordinate_transformation_mode": place, "nearest_mode": nearest}
    x = b.qdq(b.op("Resize", b.qdq("x", 0.02, 7), "", scales, **options), 0.02, 7)
    compare(tmp_path, b.model((1, 2, 3, 4), x), share=1.0)


def test_shapes_computed_in_the_graph_are_folded(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq("x", 0.02, -3)
    batch = b.op("Gather", b.op("Shape", x), b.const(np.array(0)), axis=0)
    batch = b.op("Unsqueeze", batch, b.const(np.array([0])))
    shape = b.op("Concat", batch, b.const(np.array([-1])), axis=0)
    x = b.op("Gemm", b.op("Reshape", x, shape), b.weights(24, 3, axis=1))
    compare(tmp_path, b.model((1, 2, 3, 4), b.qdq(x, 0.03, 1)))


@pytest.mark.parametrize("kind", ["Tanh", "Elu", "HardSigmoid", "HardSwish", "Erf", "Exp", "Softplus", "Abs"])
def test_elementwise_functions_equal_onnxruntime_for_every_input(tmp_path: Path, kind: str) -> None:
    b = Builder()
    y = b.qdq(b.op(kind, b.qdq("x", 0.03, 10)), 0.02, -20)
    data = b.model((1, 256), y)
    graph = loaded(tmp_path, data)
    codes = np.arange(-128, 128, dtype=np.int8)[None]
    (expected,) = onnxruntime_outputs(data, (codes.astype(np.float32) - 10) * np.float32(0.03))
    (got,) = Interpreter(graph).run({"x": codes})
    np.testing.assert_array_equal(np.clip(np.rint(expected / np.float32(0.02)) - 20, -128, 127), got)
    assert [op.op_name for op in graph.ops] == ["lut"]


def test_arithmetic_with_single_constants_is_one_table(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Mul", b.op("Add", b.qdq("x", 0.03, 10), b.const(np.float32(3))), b.const(np.float32(0.5)))
    x = b.op("Sub", b.const(np.float32(1)), b.op("Div", x, b.const(np.float32(2))))
    graph = compare(tmp_path, b.model((1, 100), b.qdq(x, 0.02, 0)), share=1.0)
    assert [op.op_name for op in graph.ops] == ["lut"]


def test_activations_written_as_several_operators_are_one_table(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq("x", 0.04, 10)
    silu = b.qdq(b.op("Mul", x, b.op("Sigmoid", x)), 0.03, -100)
    gate = b.op("Clip", b.op("Add", silu, b.const(np.float32(3))), b.const(np.float32(0)), b.const(np.float32(6)))
    y = b.qdq(b.op("Div", b.op("Mul", silu, gate), b.const(np.float32(6))), 0.03, -100)
    graph = compare(tmp_path, b.model((1, 500), y), share=1.0)
    assert [op.op_name for op in graph.ops] == ["lut", "lut"]


def test_average_pools_are_within_one_step(tmp_path: Path) -> None:
    cases = [([0] * 4, 0, 0.02, 1.0), ([1] * 4, 0, 0.02, 0.97), ([1] * 4, 1, 0.02, 1.0)]
    cases += [([1] * 4, counted, scale, 1.0) for counted in (0, 1) for scale in (0.013, 0.037, 0.0041)]
    for pads, counted, scale, share in cases:
        b = Builder()
        x = b.op("AveragePool", b.qdq("x", 0.02, 7), kernel_shape=[3, 3], pads=pads, count_include_pad=counted)
        compare(tmp_path, b.model((1, 4, 7, 7), b.qdq(x, scale, 11)), share=share)


def test_a_window_that_leaves_padding_out_and_rescales_is_rounded_once(tmp_path: Path) -> None:
    b = Builder("uint8")
    attributes = {"kernel_shape": [2, 3], "pads": [1, 0, 0, 1], "strides": [1, 2], "ceil_mode": 1}
    x = b.op("Relu", b.op("AveragePool", b.qdq("x", 0.03, -20), **attributes))
    graph = compare(tmp_path, b.model((1, 8, 9, 10), b.qdq(x, 0.0171, -128)), share=0.998)
    assert [op.op_name for op in graph.ops if "transpose" not in op.op_name] == ["scaled_average_pool2d"]


@pytest.mark.parametrize("activation", ["int8", "uint8"])
@pytest.mark.parametrize("zeros", [(-3, -3), (8, 8), (5, -40)])
@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("AveragePool", {"kernel_shape": [4, 2], "pads": [1, 0, 2, 1]}),
        ("AveragePool", {"kernel_shape": [2, 4], "pads": [1, 2, 0, 1], "count_include_pad": 1}),
        ("AveragePool", {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1}),
        ("GlobalAveragePool", {}),
        ("ReduceMean", {"axes": [2, 3], "keepdims": 0}),
    ],
    ids=str,
)
def test_means_between_scales_a_power_of_two_apart_equal_onnxruntime_ties_included(
    tmp_path: Path, activation: str, zeros: tuple[int, int], kind: str, attributes: dict[str, Any]
) -> None:
    """A scale that is a power of two keeps onnxruntime's own float32 exact, so that a tie is one there, too."""
    for y_scale in (1 / 32, 1 / 64, 1 / 8):
        b = Builder(activation)
        x = b.op(kind, b.qdq("x", 1 / 32, zeros[0]), **attributes)
        compare(tmp_path, b.model((1, 64, 8, 4), b.qdq(x, y_scale, zeros[1])), share=1.0)


@pytest.mark.parametrize("zeros", [(0, 0, 0), (3, -7, 5), (-128, 1, -4)])
@pytest.mark.parametrize("scales", [(1 / 32, 1 / 32, 1 / 16), (1 / 32, 1 / 64, 1 / 16), (1 / 64, 1 / 16, 1 / 32)])
def test_sums_between_scales_that_are_powers_of_two_equal_onnxruntime_ties_included(
    tmp_path: Path, scales: tuple[float, ...], zeros: tuple[int, ...]
) -> None:
    b = Builder()
    x = b.qdq("x", scales[0], zeros[0])
    y = b.op("Add", x, b.qdq(b.op("LeakyRelu", x, alpha=0.4), scales[1], zeros[1]))
    graph = compare(tmp_path, b.model((1, 4, 16, 16), b.qdq(y, scales[2], zeros[2])), share=1.0)
    (made,) = (op for op in graph.ops if isinstance(op, Add))
    assert made.requant.rounding == "even"


def test_a_final_softmax_is_quantised_as_probabilities(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq(b.op("Gemm", b.qdq("x", 0.02, 7), b.weights(10, 6, axis=1)), 0.05, 1)
    graph = compare(tmp_path, b.model((1, 10), b.op("Softmax", x)), share=0.9)
    assert graph.outputs[0].type.quant is not None
    assert graph.outputs[0].type.quant.scale == (1 / 256,)


def test_qlinear_operators_stand_for_their_float_twins(tmp_path: Path) -> None:
    b = Builder()
    scale, zero = b.const(np.float32(0.02)), b.const(np.int8(-3))
    out = [b.const(np.float32(0.05)), b.const(np.int8(9))]
    w, w_scale = b.const(RNG.integers(-127, 128, (5, 3, 3, 3)).astype(np.int8)), b.const(np.full(5, 0.004, np.float32))
    w_zero = b.const(np.zeros(5, np.int8))
    q = b.op("QuantizeLinear", "x", scale, zero)
    bias = b.const(RNG.integers(-999, 999, 5).astype(np.int32))
    x = b.op("QLinearConv", q, scale, zero, w, w_scale, w_zero, *out, bias)
    x = b.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    m = b.const(RNG.integers(-127, 128, (20, 4)).astype(np.int8))
    x = b.op("QLinearMatMul", b.op("Flatten", x), *out, m, b.const(np.float32(0.01)), b.const(np.int8(0)), scale, zero)
    data = b.model((1, 3, 6, 6), b.op("DequantizeLinear", x, scale, zero))
    graph = compare(tmp_path, data)
    assert [op.op_name for op in graph.ops] == ["transpose", "conv2d", "max_pool2d", "reshape", "fully_connected"]


def refusals(tmp_path: Path, data: bytes) -> list[str]:
    with pytest.raises(UnsupportedError) as caught:
        loaded(tmp_path, data)
    return [str(refusal) for refusal in caught.value.refusals]


def test_all_unsupported_operators_are_listed_at_once(tmp_path: Path) -> None:
    b = Builder()
    x = b.op("Floor", b.qdq("x", 0.02, 0))
    y = b.op("CumSum", b.qdq("x", 0.02, 0), b.const(np.array(0)))
    found = refusals(tmp_path, b.model((1, 8), b.qdq(b.op("Add", x, y), 0.1, 0)))
    assert len(found) == 2 and "Floor" in found[0] and "CumSum" in found[1]


def test_float_models_are_refused_with_advice(tmp_path: Path) -> None:
    b = Builder()
    y = b.op("Gemm", "x", b.const(np.ones((8, 4), np.float32)))
    assert any("QuantizeLinear" in line for line in refusals(tmp_path, b.model((1, 8), y)))


@pytest.mark.parametrize(
    ("kind", "attributes", "reason"),
    [
        ("Conv", {"group": 2}, "groups"),
        ("MaxPool", {"kernel_shape": [2, 2], "dilations": [2, 2]}, "dilated"),
        ("Softmax", {"axis": 1}, "last axis"),
    ],
)
def test_what_cannot_be_exact_is_refused(tmp_path: Path, kind: str, attributes: dict[str, Any], reason: str) -> None:
    b = Builder()
    x = b.qdq("x", 0.02, 0)
    inputs = [x, b.weights(4, 2, 3, 3)] if kind == "Conv" else [x]
    found = refusals(tmp_path, b.model((1, 4, 5, 5), b.qdq(b.op(kind, *inputs, **attributes), 0.1, 0)))
    assert any(reason in line for line in found), found


def test_tensors_that_no_microcontroller_holds_are_refused(tmp_path: Path) -> None:
    b = Builder()
    x = b.qdq(b.op("Relu", b.qdq("x", 0.02, 0)), 0.02, 0)
    assert any("smaller inputs" in line for line in refusals(tmp_path, b.model((1, 2**14, 2**14), x)))


def test_old_operator_sets_are_refused(tmp_path: Path) -> None:
    b = Builder()
    found = refusals(tmp_path, b.model((1, 8), b.qdq(b.op("Relu", b.qdq("x", 0.02, 0)), 0.02, 0), opset=11))
    assert any("operator set is 11" in line for line in found)


def test_external_data_are_refused_without_being_looked_for(tmp_path: Path) -> None:
    b = Builder()
    model = onnx.ModelProto.FromString(b.model((1, 8), b.qdq("x", 0.02, 0)))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    with pytest.raises(ModelError, match="another file"):
        loaded(tmp_path, model.SerializeToString())


def test_digits_equal_onnxruntime_on_every_held_out_image(project: Path) -> None:
    folder = project / "examples/digits"
    graph = load(folder / "digits_int8.onnx")
    with np.load(folder / "digits_test.npz") as file:
        images = file["image"]
    quant, out = graph.inputs[0].type.quant, graph.outputs[0].type.quant
    assert quant is not None and out is not None
    codes = np.clip(np.rint(images / np.float32(quant.scale[0])) + quant.zero_point[0], -128, 127).astype(np.int8)
    (got,) = Interpreter(graph).run({graph.inputs[0].name: codes})
    data = (folder / "digits_int8.onnx").read_bytes()
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    expected = np.concatenate([session.run(None, {graph.inputs[0].name: image[None]})[0] for image in images])
    np.testing.assert_array_equal(np.rint(expected / np.float32(out.scale[0])) + out.zero_point[0], got)
