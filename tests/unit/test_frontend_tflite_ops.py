"""Single TFLite operators with drawn scales equal LiteRT's reference kernels for every input that is tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from tests.models.litert import LiteRT
from tests.unit.tflite_files import O, T, tflite_file

Array = NDArray[Any]
ALL = np.arange(-128, 128, dtype=np.int8)


def assert_equal(tmp_path: Path, tensors: list[T], operator: O, rng: np.random.Generator, every: bool = False) -> Graph:
    """The operator's graph, after comparing it on random inputs, or on all 256 values."""
    inputs = tuple(tensor.name for tensor in tensors if tensor.data is None and tensor.name != "y")
    path = tmp_path / "op.tflite"
    path.write_bytes(tflite_file(tensors, [operator], inputs, ("y",)))
    graph = load(path)
    oracle, interpreter = LiteRT(path, graph), Interpreter(graph)
    for _ in range(1 if every else 6):
        values = [
            ALL.reshape(node.type.shape) if every else rng.integers(-128, 128, node.type.shape).astype(np.int8)
            for node in graph.inputs
        ]
        got = interpreter.run({node.name: value for node, value in zip(graph.inputs, values, strict=True)})
        for ours, theirs in zip(got, oracle.run(values), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    return graph


def drawn(rng: np.random.Generator, name: str, *shape: int) -> T:
    """An activation with any scale and zero point."""
    return T(name, shape, scale=(float(rng.uniform(0.002, 0.2)),), zero=(int(rng.integers(-128, 128)),))


def int8(rng: np.random.Generator, *shape: int) -> Array:
    return rng.integers(-127, 128, shape).astype(np.int8)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "name", ["RELU", "RELU6", "RELU_N1_TO_1", "LEAKY_RELU", "HARD_SWISH", "TANH", "LOGISTIC", "QUANTIZE"]
)
def test_functions_of_one_tensor_equal_litert_for_every_input(tmp_path: Path, name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = drawn(rng, "x", 1, 256), drawn(rng, "y", 1, 256)
    if name == "LOGISTIC":
        y = T("y", (1, 256), scale=(1 / 256,), zero=(-128,))
    if name == "TANH":
        y = T("y", (1, 256), scale=(1 / 128,), zero=(0,))
    if name == "HARD_SWISH":
        y.scale = (max(y.scale[0], x.scale[0] / 100),)
    options = {"Alpha": float(rng.uniform(0, 1))} if name == "LEAKY_RELU" else {}
    graph = assert_equal(tmp_path, [x, y], O(name, ("x",), ("y",), options), rng, every=True)
    assert [op.op_name for op in graph.ops] == ["lut"]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["ADD", "MUL"])
@pytest.mark.parametrize("other", ["same", "channels", "scalar", "constant"])
def test_sums_and_products_equal_litert(tmp_path: Path, name: str, other: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = {"same": (1, 3, 4, 5), "channels": (1, 1, 1, 5), "scalar": (1,), "constant": (5,)}[other]
    a, b, y = drawn(rng, "a", 1, 3, 4, 5), drawn(rng, "b", *shape), drawn(rng, "y", 1, 3, 4, 5)
    y.scale = (max(y.scale[0], 0.01),)
    if other in ("constant", "scalar"):
        b.data = int8(rng, *shape)
    operands = ("b", "a") if seed % 2 else ("a", "b")
    assert_equal(tmp_path, [a, b, y], O(name, operands, ("y",), {"FusedActivationFunction": seed % 4}), rng)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("weights", ["tensor", "channels", "int4"])
def test_fully_connected_layers_equal_litert(tmp_path: Path, weights: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = drawn(rng, "x", 3, 37), drawn(rng, "y", 3, 6)
    scales = rng.uniform(0.001, 0.02, 6 if weights == "channels" else 1)
    data = rng.integers(-7, 8, (6, 37)).astype(np.int8) if weights == "int4" else int8(rng, 6, 37)
    w = T("w", scale=tuple(scales), zero=(0,) * len(scales), data=data, packed=weights == "int4")
    steps = tuple(float(x.scale[0] * scale) for scale in scales)
    b = T("b", scale=steps, zero=(0,) * len(steps), data=rng.integers(-3000, 3000, 6).astype(np.int32))
    assert_equal(tmp_path, [x, w, b, y], O("FULLY_CONNECTED", ("x", "w", "b"), ("y",)), rng)


@pytest.mark.parametrize("with_bias", [True, False])
def test_one_weight_scale_is_multiplied_in_double(tmp_path: Path, with_bias: bool) -> None:
    """Scales whose float32 product rounds to another multiplier: one output in some hundreds differs then."""
    rng = np.random.default_rng(1)
    x = T("x", (400, 16), scale=(0.05,), zero=(3,))
    y = T("y", (400, 8), scale=(0.4,), zero=(-5,))
    w = T("w", scale=(0.01,), zero=(0,), data=int8(rng, 8, 16))
    b = T("b", scale=(0.0005,), zero=(0,), data=rng.integers(-3000, 3000, 8).astype(np.int32))
    tensors, names = ([x, w, b, y], ("x", "w", "b")) if with_bias else ([x, w, y], ("x", "w"))
    assert_equal(tmp_path, tensors, O("FULLY_CONNECTED", names, ("y",)), rng)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", ["CONV_2D", "DEPTHWISE_CONV_2D"])
def test_convolutions_equal_litert(tmp_path: Path, name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kernel, stride, dilation = (int(k) for k in rng.integers(1, 4, 3))
    stride = 1 if dilation > 1 else stride
    same = seed % 2 == 0
    span = (kernel - 1) * dilation + 1
    size = -(-9 // stride) if same else (9 - span) // stride + 1
    x, y = drawn(rng, "x", 1, 9, 9, 3), drawn(rng, "y", 1, size, size, 6)
    shape, axis = ((6, kernel, kernel, 3), 0) if name == "CONV_2D" else ((1, kernel, kernel, 6), 3)
    data = int8(rng, *shape)
    w = T("w", scale=tuple(rng.uniform(0.001, 0.01, 6)), zero=(0,) * 6, axis=axis, data=data)
    b = T("b", scale=(0.001,), data=rng.integers(-3000, 3000, 6).astype(np.int32))
    options = {"Padding": 0 if same else 1, "StrideH": stride, "StrideW": stride, "DilationHFactor": dilation,
               "DilationWFactor": dilation, "FusedActivationFunction": seed % 4}  # fmt: skip
    if axis == 3:
        options["DepthMultiplier"] = 2
    assert_equal(tmp_path, [x, w, b, y], O(name, ("x", "w", "b"), ("y",), options), rng)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
def test_pools_equal_litert(tmp_path: Path, name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kernel, stride = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    x = drawn(rng, "x", 1, 9, 8, 3)
    rows, columns = -(-9 // stride), -(-8 // stride)
    y = T("y", (1, rows, columns, 3), scale=x.scale, zero=x.zero)
    options = {"Padding": 0, "StrideH": stride, "StrideW": stride, "FilterHeight": kernel, "FilterWidth": kernel,
               "FusedActivationFunction": seed % 4}  # fmt: skip
    assert_equal(tmp_path, [x, y], O(name, ("x",), ("y",), options), rng)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("axes", "keep"), [((1, 2), True), ((2, 1), False), ((-1,), True), ((1, 2, 3), False), ((2,), True)]
)
def test_means_and_maxima_over_axes_equal_litert(tmp_path: Path, axes: tuple[int, ...], keep: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (2, 5, 7, 3)
    reduced = {axis % 4 for axis in axes}
    out = tuple(1 if i in reduced else d for i, d in enumerate(shape) if keep or i not in reduced)
    x, y = drawn(rng, "x", *shape), drawn(rng, "y", *out)
    axis = T("axes", data=np.array(axes, dtype=np.int32))
    assert_equal(tmp_path, [x, axis, y], O("MEAN", ("x", "axes"), ("y",), {"KeepDims": keep}), rng)
    same = T("y", out, scale=x.scale, zero=x.zero)
    assert_equal(tmp_path, [x, axis, same], O("REDUCE_MAX", ("x", "axes"), ("y",), {"KeepDims": keep}), rng)


@pytest.mark.parametrize("seed", range(8))
def test_softmax_equals_litert(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = drawn(rng, "x", 40, int(rng.integers(1, 60)))
    y = T("y", x.shape, scale=(1 / 256,), zero=(-128,))
    assert_equal(tmp_path, [x, y], O("SOFTMAX", ("x",), ("y",), {"Beta": [1.0, 0.5, 3.0, 100.0][seed % 4]}), rng)


def test_moving_operators_equal_litert(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = drawn(rng, "x", 1, 3, 4, 5)

    def y(*shape: int) -> T:
        return T("y", shape, scale=x.scale, zero=x.zero)

    perm = T("perm", data=np.array([0, 3, 1, 2], dtype=np.int32))
    pads = T("pads", data=np.array([[0, 0], [1, 2], [0, 3], [2, 0]], dtype=np.int32))
    value = T("value", scale=x.scale, zero=x.zero, data=np.array([-77], dtype=np.int8))
    size = T("size", data=np.array([7, 6], dtype=np.int32))
    assert_equal(tmp_path, [x, perm, y(1, 5, 3, 4)], O("TRANSPOSE", ("x", "perm"), ("y",)), rng)
    assert_equal(tmp_path, [x, pads, y(1, 6, 7, 7)], O("PAD", ("x", "pads"), ("y",)), rng)
    assert_equal(tmp_path, [x, pads, value, y(1, 6, 7, 7)], O("PADV2", ("x", "pads", "value"), ("y",)), rng)
    assert_equal(tmp_path, [x, y(3, 4, 5)], O("SQUEEZE", ("x",), ("y",), {"SqueezeDims": [0]}), rng)
    for flags in ({}, {"AlignCorners": True}, {"HalfPixelCenters": True}):
        operator = O("RESIZE_NEAREST_NEIGHBOR", ("x", "size"), ("y",), flags)
        assert_equal(tmp_path, [x, size, y(1, 7, 6, 5)], operator, rng)
