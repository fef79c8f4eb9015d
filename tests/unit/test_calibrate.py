"""Quantization after training: what is stored, which tensors share a scale, what is kept, and what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgegen.errors import ModelError, UnsupportedError, UsageError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, Op
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.softmax import PROBABILITY
from edgegen.pipeline import integer_graph
from edgegen.quantization import load_calibrated
from edgegen.quantization.ranges import Range, activation_params, real, stored
from edgegen.quantization.report import ErrorMeter, calibration_json
from edgegen.quantization.samples import read_samples
from edgegen.quantization.weights import channel_scales, quantize_bias, quantize_channels
from tests.unit.tflite_files import O, T, small_network, tflite_file

Array = NDArray[Any]
RNG = np.random.default_rng(3)


def f32(*shape: int, low: float = -1.0, high: float = 1.0) -> Array:
    return RNG.uniform(low, high, shape).astype(np.float32)


def F(name: str, *shape: int) -> T:  # noqa: N802
    return T(name, shape, "float32")


CONV = {"Padding": 0, "StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1,
        "FusedActivationFunction": 1}  # fmt: skip
POOL = {"Padding": 1, "StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2, "FusedActivationFunction": 0}
FC = {"FusedActivationFunction": 0, "WeightsFormat": 0}


def network() -> tuple[list[T], list[O]]:
    """Convolution, pool, hybrid fully connected layer, softmax."""
    hybrid = RNG.integers(-127, 128, (5, 36)).astype(np.int8)
    hybrid[RNG.random(hybrid.shape) < 0.8] = 0
    tensors = [
        F("x", 1, 6, 6, 2),
        T("w1", data=f32(4, 3, 3, 2)),
        T("b1", data=f32(4)),
        F("c", 1, 6, 6, 4),
        F("m", 1, 3, 3, 4),
        F("r", 1, 36),
        T("w2", data=hybrid, scale=(0.01,)),
        T("b2", data=f32(5)),
        F("s", 1, 5),
        F("p", 1, 5),
    ]
    operators = [
        O("CONV_2D", ("x", "w1", "b1"), ("c",), CONV),
        O("MAX_POOL_2D", ("c",), ("m",), POOL),
        O("RESHAPE", ("m",), ("r",), {"NewShape": (1, 36)}),
        O("FULLY_CONNECTED", ("r", "w2", "b2"), ("s",), FC),
        O("SOFTMAX", ("s",), ("p",), {"Beta": 1.0}),
    ]
    return tensors, operators


def written(folder: Path, tensors: list[T], operators: list[O], outputs: tuple[str, ...]) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(tflite_file(tensors, operators, ("x",), outputs))
    return path


def calibrated(folder: Path, tensors: list[T], operators: list[O], outputs: tuple[str, ...], x: Array) -> Graph:
    path = written(folder, tensors, operators, outputs)
    np.savez(folder / "c.npz", x=x)
    return load_calibrated(path, folder / "c.npz")


def by_op(graph: Graph, name: str) -> Any:
    (found,) = [op for op in graph.ops if op.op_name == name]
    return found


def test_a_hybrid_network_becomes_an_integer_graph_close_to_the_float_one(tmp_path: Path) -> None:
    graph = calibrated(tmp_path, *network(), ("p",), f32(40, 6, 6, 2))
    assert [op.op_name for op in graph.ops] == ["conv2d", "max_pool2d", "reshape", "fully_connected", "softmax"]
    integer_graph(graph)
    assert graph.calibration is not None and graph.calibration.samples == 40
    (error,) = graph.calibration.outputs
    assert error.snr_db is not None and error.snr_db > 30
    assert error.max_abs_error < 0.03
    assert error.top1_agreement is not None and error.top1_agreement > 0.9


def test_notes_say_the_scales_at_the_edges_and_the_error(tmp_path: Path) -> None:
    graph = calibrated(tmp_path, *network(), ("p",), f32(10, 6, 6, 2))
    assert graph.notes[0].startswith("input 'x': float32 in the file, int8 here (real = ")
    assert graph.notes[1].startswith("output 'p': float32 in the file, int8 here (real = 0.00390625 * (value + 128))")
    assert (
        "quantised after training; against the float model on the 10 calibration samples: signal to" in graph.notes[2]
    )


def test_hybrid_weights_keep_every_integer_and_their_scale(tmp_path: Path) -> None:
    tensors, operators = network()
    graph = calibrated(tmp_path, tensors, operators, ("p",), f32(10, 6, 6, 2))
    weights = by_op(graph, "fully_connected").w
    np.testing.assert_array_equal(weights.value, tensors[6].data)
    assert weights.quant.scale == (float(np.float32(0.01)),)


def test_float_weights_are_symmetric_with_one_scale_per_output_channel(tmp_path: Path) -> None:
    tensors, operators = network()
    weights = by_op(calibrated(tmp_path, tensors, operators, ("p",), f32(10, 6, 6, 2)), "conv2d").w
    assert tensors[1].data is not None
    assert len(weights.quant.scale) == 4 and set(weights.quant.zero_point) == {0}
    assert (np.abs(weights.value.astype(int)).max(axis=(1, 2, 3)) == 127).all()
    back = weights.value * np.asarray(weights.quant.scale).reshape(4, 1, 1, 1)
    assert np.abs(back - tensors[1].data).max() <= max(weights.quant.scale) * 0.5001


def test_max_pool_gives_its_range_to_the_convolution_in_front_of_it(tmp_path: Path) -> None:
    tensors, operators = network()
    operators[0].options = CONV | {"FusedActivationFunction": 0}
    x = f32(30, 6, 6, 2)
    tensors[2].data = f32(4) - np.float32(3)
    wide = calibrated(tmp_path, tensors, operators, ("p", "c"), x)
    narrow = calibrated(tmp_path, tensors, operators, ("p",), x)
    assert by_op(narrow, "conv2d").quant == by_op(narrow, "max_pool2d").quant
    assert by_op(narrow, "conv2d").quant.scale[0] < by_op(wide, "conv2d").quant.scale[0]


def test_probabilities_keep_their_scale_and_are_converted_where_they_are_joined_with_others(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), F("p", 1, 4), F("a", 1, 4), F("y", 1, 8)]
    operators = [
        O("SOFTMAX", ("x",), ("p",), {"Beta": 1.0}),
        O("RELU", ("x",), ("a",)),
        O("CONCATENATION", ("p", "a"), ("y",), {"Axis": 1}),
    ]
    graph = calibrated(tmp_path, tensors, operators, ("y",), f32(20, 4, high=5.0))
    assert by_op(graph, "softmax").quant == PROBABILITY
    functions = [op.function for op in graph.ops if op.op_name == "lut"]
    assert sorted(functions) == ["relu", "requantize"]
    assert graph.calibration is not None and (graph.calibration.outputs[0].snr_db or 0) > 35


def test_constants_of_float16_are_read_and_dequantised_integers_kept(tmp_path: Path) -> None:
    codes = RNG.integers(-127, 128, (3, 4)).astype(np.int8)
    tensors = [
        F("x", 1, 4),
        T("h", data=f32(4, 4).astype(np.float16)),
        F("w1", 4, 4),
        F("a", 1, 4),
        T("i", data=codes, scale=(0.01,)),
        F("w2", 3, 4),
        F("y", 1, 3),
    ]
    operators = [
        O("DEQUANTIZE", ("h",), ("w1",)),
        O("DEQUANTIZE", ("i",), ("w2",)),
        O("FULLY_CONNECTED", ("x", "w1"), ("a",), FC),
        O("FULLY_CONNECTED", ("a", "w2"), ("y",), FC),
    ]
    graph = calibrated(tmp_path, tensors, operators, ("y",), f32(20, 4))
    first, second = (op for op in graph.ops if isinstance(op, FullyConnected))
    assert isinstance(first.w, Const) and isinstance(second.w, Const)
    assert np.abs(first.w.value).max() == 127
    np.testing.assert_array_equal(second.w.value, codes)
    assert graph.calibration is not None and (graph.calibration.outputs[0].snr_db or 0) > 30


def test_reshaped_probabilities_stay_probabilities(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), F("p", 1, 4), F("y", 1, 2, 2)]
    operators = [O("SOFTMAX", ("x",), ("p",), {"Beta": 1.0}), O("RESHAPE", ("p",), ("y",))]
    graph = calibrated(tmp_path, tensors, operators, ("y",), f32(20, 4))
    assert graph.outputs[0].type.quant == PROBABILITY


def test_constants_of_elementwise_operators_get_a_scale(tmp_path: Path) -> None:
    tensors = [F("x", 1, 2, 2, 3), T("k", data=f32(3)), T("o", data=f32(1, 1, 1, 3)), F("m", 1, 2, 2, 3)]
    tensors.append(F("y", 1, 2, 2, 3))
    operators = [O("MUL", ("x", "k"), ("m",), {}), O("ADD", ("m", "o"), ("y",), {})]
    for operator in operators:
        operator.options = {"FusedActivationFunction": 0}
    graph = calibrated(tmp_path, tensors, operators, ("y",), f32(30, 2, 2, 3))
    assert graph.calibration is not None and (graph.calibration.outputs[0].snr_db or 0) > 35


def test_a_model_that_touches_its_first_axis_runs_sample_by_sample(tmp_path: Path) -> None:
    tensors = [F("x", 1, 6, 4), F("r", 6, 4), T("w", data=f32(3, 4)), F("y", 6, 3)]
    operators = [O("RESHAPE", ("x",), ("r",)), O("FULLY_CONNECTED", ("r", "w"), ("y",), FC)]
    graph = calibrated(tmp_path, tensors, operators, ("y",), f32(7, 6, 4))
    assert graph.calibration is not None and graph.calibration.samples == 7
    assert (graph.calibration.outputs[0].snr_db or 0) > 30


def test_the_same_samples_give_the_same_graph(tmp_path: Path) -> None:
    x, parts = f32(20, 6, 6, 2), network()
    first, second = (calibrated(tmp_path, *parts, ("p",), x) for _ in range(2))
    assert [op.quant for op in first.ops] == [op.quant for op in second.ops]
    assert first.calibration == second.calibration


def test_a_tensor_that_is_always_zero_has_a_scale(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), T("w", data=np.zeros((3, 4), np.float32)), F("y", 1, 3)]
    graph = calibrated(tmp_path, tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",), FC)], ("y",), f32(5, 4))
    (y,) = Interpreter(graph).run({"x": np.zeros((1, 4), np.int8)})
    assert graph.outputs[0].type.quant is not None
    np.testing.assert_array_equal(y, graph.outputs[0].type.quant.zero_point[0])


def test_without_calibration_the_advice_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"--calibrate F\.npz"):
        load(written(tmp_path, *network(), ("p",)))


def test_a_model_that_is_quantised_already_is_no_case_for_calibration(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(small_network())
    np.savez(tmp_path / "c.npz", x=f32(2, 9, 7, 3))
    with pytest.raises(UsageError, match=r"quantised already .* build it without --calibrate"):
        load_calibrated(path, tmp_path / "c.npz")


def test_every_operator_that_cannot_be_quantised_is_listed(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), F("a", 1, 4), F("b", 1, 4), F("y", 1, 4)]
    operators = [O("FLOOR", ("x",), ("a",)), O("RELU", ("a",), ("b",)), O("CEIL", ("b",), ("y",))]
    path = written(tmp_path, tensors, operators, ("y",))
    np.savez(tmp_path / "c.npz", x=f32(2, 4))
    with pytest.raises(UnsupportedError) as caught:
        load_calibrated(path, tmp_path / "c.npz")
    assert [r.reason for r in caught.value.refusals] == [
        "the operator FLOOR cannot be quantised",
        "the operator CEIL cannot be quantised",
    ]


def test_a_model_that_leaves_the_real_numbers_is_a_model_error(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), T("w", data=np.full((3, 4), np.inf, np.float32)), F("y", 1, 3)]
    path = written(tmp_path, tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",), FC)], ("y",))
    np.savez(tmp_path / "c.npz", x=f32(2, 4))
    with pytest.raises(ModelError, match="NaN or infinite on the calibration data"):
        load_calibrated(path, tmp_path / "c.npz")


def test_scales_that_do_not_fit_their_axis_are_a_model_error(tmp_path: Path) -> None:
    weights = T("w", data=np.ones((3, 4), np.int8), scale=(0.1, 0.1), zero=(0, 0))
    tensors = [F("x", 1, 4), weights, F("y", 1, 3)]
    path = written(tmp_path, tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",), FC)], ("y",))
    np.savez(tmp_path / "c.npz", x=f32(2, 4))
    with pytest.raises(ModelError, match="do not fit"):
        load_calibrated(path, tmp_path / "c.npz")


def test_operands_that_do_not_fit_are_a_model_error(tmp_path: Path) -> None:
    tensors = [F("x", 1, 4), T("w", data=f32(3, 5)), F("y", 1, 3)]
    path = written(tmp_path, tensors, [O("FULLY_CONNECTED", ("x", "w"), ("y",), FC)], ("y",))
    np.savez(tmp_path / "c.npz", x=f32(2, 4))
    with pytest.raises(ModelError, match="does not divide into rows of 5"):
        load_calibrated(path, tmp_path / "c.npz")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.zeros((2, 4), np.int8)}, "'x' is int8; calibration data are floating"),
        ({"x": np.zeros((2, 5), np.float32)}, "each of its rows must hold"),
        ({"x": np.full((2, 4), np.nan, np.float32)}, "NaN or infinity"),
        ({"a": np.zeros((2, 4), np.float32), "b": np.zeros((2, 4), np.float32)}, "has no array 'x'; it has a, b"),
        ({"x": np.zeros((0, 4), np.float32)}, "has shape"),
    ],
)
def test_samples_that_do_not_fit_are_a_usage_error(tmp_path: Path, arrays: dict[str, Array], message: str) -> None:
    np.savez(tmp_path / "c.npz", **arrays)
    with pytest.raises(UsageError, match=message):
        read_samples(tmp_path / "c.npz", [("x", (1, 4))])


def test_samples_of_two_inputs_must_be_as_many_and_labels_are_ignored(tmp_path: Path) -> None:
    inputs = [("a", (1, 4)), ("b", (1, 2))]
    np.savez(tmp_path / "c.npz", a=f32(3, 4), b=f32(3, 2), labels=np.arange(3))
    samples = read_samples(tmp_path / "c.npz", inputs)
    assert [len(batch["a"]) for batch in samples.batches(2)] == [2, 1]
    np.savez(tmp_path / "c.npz", a=f32(3, 4), b=f32(2, 2))
    with pytest.raises(UsageError, match=r"hold \[2, 3\] samples"):
        read_samples(tmp_path / "c.npz", inputs)


@given(st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6, width=32))
def test_activation_parameters_cover_the_range_and_hold_zero_exactly(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    quant = activation_params(Range(low, high))
    assert real(stored(np.zeros(1), quant), quant)[0] == 0
    ends = np.array([low, high], dtype=np.float64)
    assert np.abs(real(stored(ends, quant), quant) - ends).max() <= quant.scale[0] * 1.01


def test_a_large_bias_widens_the_scale_of_its_channel() -> None:
    weights, bias = np.array([[1e-6, 1e-6], [1.0, -1.0]], np.float32), np.array([100.0, 0.1], np.float32)
    scales = channel_scales(weights, 0, bias, x_scale=1e-3)
    assert scales[0] > 1e-6 / 127 and scales[1] == pytest.approx(1 / 127)
    steps = quantize_bias(bias, 1e-3, scales)
    np.testing.assert_allclose(steps * 1e-3 * scales, bias, rtol=1e-3)
    assert quantize_channels(weights, 0, scales)[1].tolist() == [127, -127]


def test_the_meter_counts_noise_agreement_and_ties() -> None:
    meter = ErrorMeter("y")
    meter.add(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.9, 0.9], [0.5, 0.0]]), 2)
    error = meter.result()
    assert error.top1_agreement == 0.5
    assert error.max_abs_error == 2.0
    assert error.snr_db == pytest.approx(10 * np.log10(5 / (0.01 + 0.81 + 0.25 + 4)))
    exact = ErrorMeter("z")
    exact.add(np.ones((3, 1)), np.ones((3, 1)), 3)
    assert (exact.result().snr_db, exact.result().top1_agreement) == (None, None)
    assert calibration_json(None) is None


def test_every_op_of_a_quantised_graph_is_of_int8(tmp_path: Path) -> None:
    graph = calibrated(tmp_path, *network(), ("p",), f32(10, 6, 6, 2))
    ops: tuple[Op, ...] = integer_graph(graph).ops
    assert {op.type.dtype for op in ops} == {"int8"}
