"""The TFLite frontend on files written here: what it makes, what it refuses, and how it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.errors import ModelError, UnsupportedError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, QuantParams
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.fully_connected import FullyConnected
from tests.unit.tflite_files import O, T, small_network, tflite_file

Array = NDArray[Any]

X = T("x", (1, 4, 4, 2), scale=(0.5,), zero=(7,))
W = np.arange(-9, 9, dtype=np.int8).reshape(1, 3, 3, 2)
CONV = {"Padding": 0, "StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}


def loaded(tmp_path: Path, data: bytes, **options: Any) -> Graph:
    path = tmp_path / "model.tflite"
    path.write_bytes(data)
    return load(path, **options)


def refusals(tmp_path: Path, data: bytes) -> list[str]:
    with pytest.raises(UnsupportedError) as caught:
        loaded(tmp_path, data)
    return [str(refusal) for refusal in caught.value.refusals]


def conv_file(x: T = X, y_shape: tuple[int, ...] = (1, 4, 4, 1), w: T | None = None, **options: int) -> bytes:
    w = w or T("w", scale=(0.25,), data=W)
    tensors = [x, w, T("b", scale=(0.125,), data=np.array([100], np.int32)), T("y", y_shape, scale=(2.0,), zero=(-3,))]
    return tflite_file(tensors, [O("CONV_2D", ("x", "w", "b"), ("y",), CONV | options)], ("x",), ("y",))


def test_small_network_equals_litert_node_for_node(tmp_path: Path) -> None:
    from tests.models.litert import LiteRT

    path = tmp_path / "network.tflite"
    path.write_bytes(small_network())
    graph = load(path)
    oracle, interpreter = LiteRT(path, graph, every_tensor=True), Interpreter(graph)
    for seed in range(20):
        x = np.random.default_rng(seed).integers(-128, 128, (1, 9, 7, 3)).astype(np.int8)
        interpreter.run({"x": x})
        oracle.run([x])
        expected = oracle.tensors()
        for op in graph.ops:
            if op.op_name != "reshape":
                theirs = expected[op.origin.name].reshape(op.type.shape)
                np.testing.assert_array_equal(interpreter.value(op), theirs, err_msg=str(op.origin))


def test_the_input_zero_point_is_folded_into_the_bias(tmp_path: Path) -> None:
    (conv,) = loaded(tmp_path, conv_file()).ops
    assert isinstance(conv, Conv2D) and isinstance(conv.b, Const)
    assert conv.b.value.tolist() == [100 - 7 * int(W.astype(int).sum())]
    assert conv.pad_value == 7
    assert conv.window.padding == (1, 1, 1, 1)


def test_same_padding_puts_the_odd_element_behind(tmp_path: Path) -> None:
    (conv,) = loaded(tmp_path, conv_file(y_shape=(1, 2, 2, 1), StrideH=2, StrideW=2)).ops
    assert isinstance(conv, Conv2D)
    assert conv.window.padding == (0, 1, 0, 1)


def test_fused_relu6_clamps_at_its_quantised_bounds(tmp_path: Path) -> None:
    (conv,) = loaded(tmp_path, conv_file(FusedActivationFunction=3)).ops
    assert isinstance(conv, Conv2D)
    assert (conv.requant.lo, conv.requant.hi) == (-3, 0)


def test_pad_before_a_convolution_becomes_part_of_its_window(tmp_path: Path) -> None:
    graph = loaded(tmp_path, small_network())
    conv = next(op for op in graph.ops if isinstance(op, Conv2D))
    assert conv.x is graph.inputs[0]
    # SAME padding of the 11x9 padded image for stride 2x1, and the PAD's own (1, 1), (2, 0).
    assert conv.window.padding == (2, 2, 3, 1)


def test_names_and_digest_of_the_file_are_kept(tmp_path: Path) -> None:
    import hashlib

    data = conv_file()
    graph = loaded(tmp_path, data)
    assert (graph.name, graph.source, graph.output_names) == ("model", "model.tflite", ("y",))
    assert graph.sha256 == hashlib.sha256(data).hexdigest()
    assert str(graph.ops[0].origin) == "CONV_2D #0 'y' in model.tflite"


def test_float_edges_become_the_integers_behind_them(tmp_path: Path) -> None:
    tensors = [
        T("real", (1, 8), "float32"),
        T("q", (1, 8), scale=(0.5,), zero=(3,)),
        T("w", scale=(0.01,), data=np.ones((4, 8), np.int8)),
        T("y", (1, 4), scale=(0.1,), zero=(-5,)),
        T("out", (1, 4), "float32"),
    ]
    operators = [
        O("QUANTIZE", ("real",), ("q",)),
        O("FULLY_CONNECTED", ("q", "w"), ("y",)),
        O("DEQUANTIZE", ("y",), ("out",)),
    ]
    graph = loaded(tmp_path, tflite_file(tensors, operators, ("real",), ("out",)))
    assert [op.op_name for op in graph.ops] == ["fully_connected"]
    assert graph.inputs[0].name == "real"
    assert graph.inputs[0].type.quant == QuantParams((0.5,), (3,))
    assert len(graph.notes) == 2 and "QUANTIZE" in graph.notes[0] and "DEQUANTIZE" in graph.notes[1]


def test_uint8_edges_are_shifted_by_128(tmp_path: Path) -> None:
    tensors = [
        T("u", (1, 8), "uint8", scale=(0.5,), zero=(131,)),
        T("q", (1, 8), scale=(0.5,), zero=(3,)),
        T("w", scale=(0.01,), data=np.ones((4, 8), np.int8)),
        T("y", (1, 4), scale=(0.1,), zero=(-5,)),
        T("out", (1, 4), "uint8", scale=(0.1,), zero=(123,)),
    ]
    operators = [
        O("QUANTIZE", ("u",), ("q",)),
        O("FULLY_CONNECTED", ("q", "w"), ("y",)),
        O("QUANTIZE", ("y",), ("out",)),
    ]
    graph = loaded(tmp_path, tflite_file(tensors, operators, ("u",), ("out",)))
    assert [op.op_name for op in graph.ops] == ["fully_connected"]
    assert "less 128" in graph.notes[0] and "less 128" in graph.notes[1]


@pytest.mark.parametrize(("rounding", "expected"), [("litert", "single"), ("tflm", "double")])
def test_rounding_of_fully_connected_follows_the_runtime(tmp_path: Path, rounding: Any, expected: str) -> None:
    tensors = [
        T("x", (2, 2, 8), scale=(0.5,), zero=(3,)),
        T("w", scale=(0.01,), data=np.ones((4, 8), np.int8)),
        T("y", (4, 4), scale=(0.1,), zero=(-5,)),
    ]
    data = tflite_file(tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",))], ("x",), ("y",))
    reshape, dense = loaded(tmp_path, data, rounding=rounding).ops
    assert reshape.op_name == "reshape" and isinstance(dense, FullyConnected)
    assert dense.requant.rounding == expected


def test_all_unsupported_operators_are_listed_at_once(tmp_path: Path) -> None:
    tensors = [
        T("x", (1, 8), scale=(0.5,)),
        T("a", (1, 8), scale=(0.5,)),
        T("b", (1, 8), scale=(0.5,)),
        T("w", scale=(0.01,), zero=(4,), data=np.ones((4, 8), np.int8)),
        T("y", (1, 4), scale=(0.1,)),
    ]
    operators = [
        O("FLOOR", ("x",), ("a",)),
        O("RELU", ("a",), ("b",)),
        O("FULLY_CONNECTED", ("b", "w"), ("y",)),
    ]
    found = refusals(tmp_path, tflite_file(tensors, operators, ("x",), ("y",)))
    assert len(found) == 2
    assert found[0].startswith("FLOOR #0 'a' in model.tflite: the operator FLOOR is not supported")
    assert "zero point" in found[1]


def test_float_models_are_refused_node_by_node_with_advice(tmp_path: Path) -> None:
    tensors = [T("x", (1, 8), "float32"), T("w", data=np.ones((4, 8), np.float32)), T("y", (1, 4), "float32")]
    found = refusals(tmp_path, tflite_file(tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",))], ("x",), ("y",)))
    assert len(found) == 3 and all("Quantise" in line for line in found)


def test_tensors_that_no_microcontroller_holds_are_refused(tmp_path: Path) -> None:
    shape = (1, 2**14, 2**14, 2)
    found = refusals(tmp_path, conv_file(x=T("x", shape, scale=(0.5,)), y_shape=(1, 2**14, 2**14, 1)))
    assert "smaller inputs" in found[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (conv_file(y_shape=(1, 4, 4, 2)), "computes a tensor of shape"),
        (conv_file(StrideH=0), "at least 1"),
        (conv_file(w=T("w", scale=(0.25, 0.5), zero=(0, 0), data=W)), "2 scales"),
        (conv_file(w=T("w", scale=(0.25,), data=W[0])), "4 axes"),
        (conv_file(x=T("x", (1, 4, 4, 2), scale=(0.5,), zero=(200,))), "zero point 200"),
        (conv_file(x=T("x", (1, 0, 4, 2), scale=(0.5,))), "empty"),
        (conv_file(x=T("x", (1, -4, 4, 2), scale=(0.5,))), "negative"),
        (b"\x1c\0\0\0TFL3", "truncated or corrupt"),
        (conv_file()[:300], "truncated or corrupt"),
        (b"", "must be a TFLite model"),
        (b"hello, world", "must be a TFLite model"),
    ],
)
def test_broken_files_are_refused_with_their_name(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        loaded(tmp_path, data)
    assert message in str(caught.value) and "model.tflite" in str(caught.value)


def test_a_missing_file_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path / "nothing.tflite")


def test_a_buffer_shorter_than_its_tensor_is_refused(tmp_path: Path) -> None:
    data = bytearray(conv_file())
    # The weights' shape (1, 3, 3, 2) in the file becomes (1, 3, 3, 9): more than its buffer holds.
    pattern = np.array([4, 1, 3, 3, 2], dtype="<i4").tobytes()
    at = data.index(pattern)
    data[at + 16 : at + 20] = (9).to_bytes(4, "little")
    with pytest.raises(ModelError, match="need 81"):
        loaded(tmp_path, bytes(data))
