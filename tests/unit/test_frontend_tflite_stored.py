"""Constants that a TFLite file stores sparse or as int4: the same as dense int8 ones, and as LiteRT reads them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.errors import ModelError, UnsupportedError
from edgegen.frontends import load
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.reader import Reader, tensor_data
from edgegen.interpreter import Interpreter
from edgegen.ir import Const
from edgegen.quantization import load_calibrated
from tests.models.litert import LiteRT
from tests.unit.tflite_files import O, S, T, tflite_file

Array = NDArray[Any]
FULLY_CONNECTED = {"FusedActivationFunction": 0}
CONV = {"Padding": 0, "StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1,
        "FusedActivationFunction": 0}  # fmt: skip
#: traversal order, axis -> block size, one letter per level: d dense, c compressed
LAYOUTS = {
    "rows": ((0, 1), {}, "dc"),
    "columns": ((1, 0), {}, "dc"),
    "both compressed": ((0, 1), {}, "cc"),
    "all dense": ((0, 1), {}, "dd"),
    "blocks of 1x4": ((0, 1, 2), {1: 4}, "dcd"),
    "blocks of 2x4": ((0, 1, 2, 3), {0: 2, 1: 4}, "dcdd"),
    "blocks of 4x2, columns first": ((1, 0, 3, 2), {0: 4, 1: 2}, "dcdd"),
}


def pruned(shape: tuple[int, ...], seed: int = 0, dtype: str = "int8") -> Array:
    rng = np.random.default_rng(seed)
    return (rng.integers(-127, 128, shape) * (rng.random(shape) < 0.25)).astype(dtype)


def stored(dense: Array, order: tuple[int, ...], blocks: dict[int, int], kinds: str, index: str = "int32") -> S:
    """The slow, obvious encoder: walks every position of every level and keeps what has a value below."""
    rank, axes = dense.ndim, list(blocks)
    sizes = [dense.shape[a] // blocks.get(a, 1) if a < rank else blocks[axes[a - rank]] for a in order]

    def element(where: tuple[int, ...]) -> Any:
        at = dict(zip(order, where, strict=True))
        block = {a: at[rank + n] for n, a in enumerate(axes)}
        return dense[tuple(at[a] * blocks.get(a, 1) + block.get(a, 0) for a in range(rank))]

    nodes: list[tuple[int, ...]] = [()]
    levels: list[int | tuple[Array, Array]] = []
    for depth, (size, kind) in enumerate(zip(sizes, kinds, strict=True)):
        rest = list(product(*map(range, sizes[depth + 1 :])))
        below = [
            [i for i in range(size) if kind == "d" or any(element((*node, i, *more)) for more in rest)]
            for node in nodes
        ]
        segments = np.cumsum([0, *map(len, below)]).astype(index)
        indices = np.array([i for found in below for i in found], dtype=index)
        levels.append(size if kind == "d" else (segments, indices))
        nodes = [(*node, i) for node, found in zip(nodes, below, strict=True) for i in found]
    return S(order, tuple(axes), levels, np.array([element(node) for node in nodes], dtype=dense.dtype))


def dense_layer(weights: Array, sparse: S | None, densify: bool = True) -> bytes:
    """One fully connected layer, its weights stored sparse and made dense by DENSIFY, or dense when sparse is None."""
    rows, columns = weights.shape
    tensors = [
        T("x", (1, columns), scale=(0.05,), zero=(3,)),
        T("w", scale=(0.01,), data=weights, sparse=sparse),
        T("dense", weights.shape, scale=(0.01,)),
        T("b", scale=(0.0005,), data=np.arange(rows, dtype=np.int32) * 40),
        T("y", (1, rows), scale=(0.37,), zero=(-7,)),
    ]
    layer = O("FULLY_CONNECTED", ("x", "dense" if densify else "w", "b"), ("y",), FULLY_CONNECTED)
    operators = [O("DENSIFY", ("w",), ("dense",)), layer] if densify else [layer]
    return tflite_file(tensors, operators, ("x",), ("y",))


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "m.tflite"
    path.write_bytes(data)
    return path


def assert_equals_litert(path: Path, weights: Array) -> None:
    graph = load(path)
    found = [node for node in graph.nodes if isinstance(node, Const) and node.value.size == weights.size > 8]
    np.testing.assert_array_equal(found[0].value.reshape(weights.shape), weights)
    oracle, interpreter, rng = LiteRT(path, graph), Interpreter(graph), np.random.default_rng(3)
    for _ in range(5):
        x = rng.integers(-128, 128, graph.inputs[0].type.shape).astype(np.int8)
        np.testing.assert_array_equal(interpreter.run({"x": x})[0], oracle.run([x])[0])


@pytest.mark.parametrize("index", ["int32", "uint16", "uint8"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sparse_int8_weights_are_the_dense_ones(tmp_path: Path, layout: str, index: str) -> None:
    weights = pruned((8, 16))
    path = written(tmp_path, dense_layer(weights, stored(weights, *LAYOUTS[layout], index=index)))
    assert_equals_litert(path, weights)


def test_weights_without_any_value_and_without_densify(tmp_path: Path) -> None:
    for weights in (np.zeros((8, 16), np.int8), pruned((8, 16), 4)):
        sparse = stored(weights, *LAYOUTS["blocks of 1x4"])
        path = written(tmp_path, dense_layer(weights, sparse, densify=False))
        info = next(t for t in Reader(Source.read(path)).model().tensors if t.name == "w")
        np.testing.assert_array_equal(tensor_data(Source.read(path), info), weights)


def test_sparse_convolution_weights_of_four_axes(tmp_path: Path) -> None:
    weights = pruned((4, 3, 3, 8))
    sparse = stored(weights, (0, 1, 2, 3), {}, "dddc", "uint8")
    tensors = [
        T("x", (1, 5, 5, 8), scale=(0.05,), zero=(3,)),
        T("w", scale=(0.01,) * 4, zero=(0,) * 4, data=weights, sparse=sparse),
        T("dense", weights.shape, scale=(0.01,) * 4, zero=(0,) * 4),
        T("b", scale=(0.0005,) * 4, zero=(0,) * 4, data=np.zeros(4, np.int32)),
        T("y", (1, 5, 5, 4), scale=(0.37,)),
    ]
    operators = [O("DENSIFY", ("w",), ("dense",)), O("CONV_2D", ("x", "dense", "b"), ("y",), CONV)]
    assert_equals_litert(written(tmp_path, tflite_file(tensors, operators, ("x",), ("y",))), weights)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_sparse_float_weights_are_calibrated_as_dense_ones(tmp_path: Path, dtype: str) -> None:
    weights = pruned((8, 16), dtype=dtype) / np.array(64, dtype)
    samples = tmp_path / "x.npz"
    np.savez(samples, x=np.random.default_rng(0).normal(size=(8, 16)).astype(np.float32))
    graphs = []
    for sparse in (stored(weights, *LAYOUTS["rows"]), None):
        tensors = [
            T("x", (1, 16), "float32"),
            T("w", data=weights, sparse=sparse),
            T("dense", weights.shape, dtype),
            T("wide", weights.shape, "float32"),
            T("y", (1, 8), "float32"),
        ]
        operators = [
            O("DENSIFY", ("w",), ("dense",)),
            O("DEQUANTIZE", ("dense",), ("wide",)),
            O("FULLY_CONNECTED", ("x", "dense" if dtype == "float32" else "wide"), ("y",), FULLY_CONNECTED),
        ]
        operators = [o for o in operators if dtype == "float16" or o.name != "DEQUANTIZE"]
        graphs.append(load_calibrated(written(tmp_path, tflite_file(tensors, operators, ("x",), ("y",))), samples))
    first, second = ([n.value for n in g.nodes if isinstance(n, Const)] for g in graphs)
    assert any(values.any() for values in first)
    for ours, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def _ints(*values: int) -> Array:
    return np.array(values, dtype=np.int32)


@pytest.mark.parametrize(
    ("sparse", "message"),
    [
        (S((0, 1), (), [2, (_ints(0, 1, 2), _ints(0, 4))], np.ones(2, np.int8)), "indices lie in 0..4"),
        (S((0, 1), (), [2, (_ints(0, 1, 2), _ints(0, -1))], np.ones(2, np.int8)), "indices lie in -1..0"),
        (S((0, 1), (), [2, (_ints(0, 2, 1), _ints(0, 1))], np.ones(2, np.int8)), "segments must rise"),
        (S((0, 1), (), [2, (_ints(0, 3, 2), _ints(0, 1))], np.ones(2, np.int8)), "segments must rise"),
        (S((0, 1), (), [2, (_ints(0, 2), _ints(0, 1))], np.ones(2, np.int8)), "in 3 numbers"),
        (S((0, 1), (), [2, (_ints(0, 1, 2), _ints(0, 1))], np.ones(3, np.int8)), "name 2 values and 3 are stored"),
        (S((0, 1), (), [2, (_ints(0, 2, 2), _ints(1, 1))], np.ones(2, np.int8)), "an element twice"),
        (S((0, 1), (), [3, (_ints(0, 1, 2, 2), _ints(0, 1))], np.ones(2, np.int8)), "3 positions; the shape has 2"),
        (S((0, 0), (), [2, (_ints(0, 1, 2), _ints(0, 1))], np.ones(2, np.int8)), "traversal order"),
        (S((0, 1), (), [2], np.ones(2, np.int8)), "traversal order"),
        (S((0, 1, 2), (5,), [2, 2, 2], np.ones(8, np.int8)), "block map"),
        (S((0, 1, 2), (1,), [2, 1, 3], np.ones(6, np.int8)), "divide the axis"),
        (S((0, 1), (), [2, 4], np.ones(3, np.int8)), "more positions than values"),
    ],
)
def test_sparsity_that_leaves_the_tensor_names_it(tmp_path: Path, sparse: S, message: str) -> None:
    path = written(tmp_path, dense_layer(np.zeros((2, 4), np.int8), sparse))
    with pytest.raises(ModelError, match=message) as error:
        load(path)
    assert "tensor 'w' int8[2x4]" in str(error.value)


def test_a_small_file_cannot_ask_for_a_large_tensor(tmp_path: Path) -> None:
    weights = np.broadcast_to(np.zeros((), np.int8), (1 << 15, 1 << 14))
    sparse = S((0, 1), (), [(_ints(0, 0), _ints()), (_ints(0), _ints())], np.zeros(0, np.int8))
    with pytest.raises(ModelError, match="'w'.*once dense"):
        load(written(tmp_path, dense_layer(weights, sparse)))


def test_densify_to_another_shape_is_refused(tmp_path: Path) -> None:
    weights = pruned((8, 16))
    tensors = [T("w", data=weights, sparse=stored(weights, *LAYOUTS["rows"])), T("dense", (16, 8))]
    with pytest.raises(ModelError, match="'dense'.*must be the same"):
        load(written(tmp_path, tflite_file(tensors, [O("DENSIFY", ("w",), ("dense",))], (), ("dense",))))


def test_a_real_sparse_model_has_no_sparse_refusal(shared: Path) -> None:
    path = shared / "models/tflite/mediapipe/face_detection_full_range_sparse.tflite"
    names = {operator.name for operator in Reader(Source.read(path)).model().operators}
    assert "CONV_2D" in names
    assert "DENSIFY" not in names
    with pytest.raises(UnsupportedError) as error:
        load(path)
    refused = str(error.value).replace(path.name, "")
    assert "DEPTH_TO_SPACE" in refused
    assert "DENSIFY" not in refused
    assert "sparse" not in refused


@pytest.mark.parametrize(
    ("name", "shape", "x", "y"),
    [
        ("FULLY_CONNECTED", (5, 15), (1, 15), (1, 5)),
        ("CONV_2D", (5, 3, 3, 3), (1, 5, 5, 3), (1, 5, 5, 5)),
        ("DEPTHWISE_CONV_2D", (1, 3, 3, 5), (1, 5, 5, 5), (1, 5, 5, 5)),
    ],
)
def test_int4_weights_are_read_low_nibble_first(
    tmp_path: Path, name: str, shape: tuple[int, ...], x: tuple[int, ...], y: tuple[int, ...]
) -> None:
    """An odd count of values: the last byte holds one."""
    weights = np.random.default_rng(1).integers(-8, 8, shape).astype(np.int8)
    count = 1 if name == "FULLY_CONNECTED" else 5
    axis = 3 if name.startswith("DEPTHWISE") else 0
    tensors = [
        T("x", x, scale=(0.05,), zero=(3,)),
        T("w", scale=(0.1,) * count, zero=(0,) * count, axis=axis, data=weights, packed=True),
        T("b", scale=(0.005,) * count, zero=(0,) * count, data=np.arange(5, dtype=np.int32) * 30),
        T("y", y, scale=(0.23,), zero=(-7,)),
    ]
    options = FULLY_CONNECTED if name == "FULLY_CONNECTED" else CONV
    options = options | {"DepthMultiplier": 1} if name.startswith("DEPTHWISE") else options
    path = written(tmp_path, tflite_file(tensors, [O(name, ("x", "w", "b"), ("y",), options)], ("x",), ("y",)))
    assert_equals_litert(path, weights)
