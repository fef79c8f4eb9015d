"""QONNX operators one by one, on models made here: what becomes of them, against their definition; what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgegen.errors import ModelError, UnsupportedError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, QuantParams
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.threshold_dense import NEVER, ThresholdDense

DOMAIN = "qonnx.custom_op.general"
RNG = np.random.default_rng(4)
Array = np.ndarray[Any, Any]


class Writer:
    """Writes a model operator by operator; constants are given as arrays."""

    def __init__(self, shape: tuple[int, ...] = (1, 6), annotation: str = "") -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.shape = shape
        self.annotation = annotation

    def op(self, kind: str, *operands: Any, domain: str = "", outputs: int = 1, **attributes: Any) -> str:
        names = []
        for operand in operands:
            if not isinstance(operand, str):
                array = np.asarray(operand, dtype=np.float32 if np.asarray(operand).dtype.kind == "f" else np.int64)
                self.constants.append(numpy_helper.from_array(array, f"c{len(self.constants)}"))
                operand = self.constants[-1].name
            names.append(operand)
        made = [f"t{len(self.nodes)}_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(kind, names, made, domain=domain, **attributes))
        return made[-1]

    def quant(self, x: Any, scale: Any, bits: float, signed: int = 1, narrow: int = 0, mode: str = "ROUND") -> str:
        options: dict[str, Any] = {"signed": signed, "narrow": narrow, "rounding_mode": mode}
        return self.op("Quant", x, scale, 0.0, bits, domain=DOMAIN, **options)

    def bipolar(self, x: Any, scale: float = 1.0) -> str:
        return self.op("BipolarQuant", x, scale, domain=DOMAIN)

    def save(self, output: str, folder: Path) -> Path:
        edge = helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "g", [edge], [result], self.constants)
        if self.annotation:
            note = graph.quantization_annotation.add(tensor_name="x")
            note.quant_parameter_tensor_names.add(key="finn_datatype", value=self.annotation)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid(DOMAIN, 1)])
        path = folder / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return path


def run(graph: Graph, x: Array) -> Array:
    (y,) = Interpreter(graph).run({"x": x.astype(np.int8)})
    return y


WEIGHTS = RNG.normal(0, 1, (6, 4)).astype(np.float32)


def sums_then(
    quantise: Any, folder: Path, shift: Array | None = None, factor: Array | None = None
) -> tuple[Graph, Array]:
    """A layer of 4-bit weights and 8-bit inputs, an affine map per channel and a quantiser; and the map's results."""
    writer = Writer()
    x = writer.quant("x", 0.25, 8.0)
    w = writer.quant(WEIGHTS, 0.3, 4.0)
    y = writer.op("MatMul", x, w)
    factor = np.array([0.5, -1.25, 2.0, -0.001]) if factor is None else factor
    shift = np.array([0.3, -7.0, 40.0, 0.01]) if shift is None else shift
    y = writer.op("Add", writer.op("Mul", y, factor.astype(np.float32)), shift.astype(np.float32))
    graph = load(writer.save(quantise(writer, y), folder))
    codes = RNG.integers(-128, 128, (300, 6))
    ints = np.clip(np.round(WEIGHTS / np.float32(0.3)), -8, 7).astype(int)
    scale = 0.25 * float(np.float32(0.3))
    reals = (codes @ ints) * scale * factor.astype(np.float32).astype(float) + shift.astype(np.float32).astype(float)
    return graph, np.concatenate([codes, reals], axis=1)


@pytest.mark.parametrize("mode", ["ROUND", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN", "HALF_EVEN"])
def test_quantisers_round_as_they_say(mode: str, tmp_path: Path) -> None:
    """Channels of rising and falling factors; every rounding mode of QONNX, by its definition on reals."""
    graph, data = sums_then(lambda writer, y: writer.quant(y, 0.75, 5.0, mode=mode), tmp_path)
    magnitude, sign = np.abs(np.clip(data[:, 6:] / 0.75, -16, 15)), np.sign(data[:, 6:])
    wanted = {
        "ROUND": sign * np.round(magnitude),
        "HALF_EVEN": sign * np.round(magnitude),
        "CEIL": np.ceil(sign * magnitude),
        "FLOOR": np.floor(sign * magnitude),
        "UP": sign * np.ceil(magnitude),
        "DOWN": sign * np.floor(magnitude),
        "HALF_UP": sign * np.floor(magnitude + 0.5),
        "HALF_DOWN": sign * np.ceil(magnitude - 0.5),
    }[mode]
    got = np.concatenate([run(graph, row[None, :6]) for row in data])
    assert len(np.unique(got)) > 20
    assert np.array_equal(got, wanted)


def test_a_sign_is_one_threshold(tmp_path: Path) -> None:
    graph, data = sums_then(lambda writer, y: writer.bipolar(y), tmp_path)
    got = np.concatenate([run(graph, row[None, :6]) for row in data])
    assert np.array_equal(got, np.where(data[:, 6:] >= 0, 1, -1))
    layer = graph.outputs[0]
    assert isinstance(layer, ThresholdDense)
    assert layer.t.type.shape == (4, 1)


def test_thresholds_of_finn(tmp_path: Path) -> None:
    """scale * count + bias of thresholds per channel, given in no order."""
    limits = np.sort(RNG.normal(0, 9, (4, 5)), axis=1)[:, ::-1].astype(np.float32)
    graph, data = sums_then(
        lambda writer, y: writer.op(
            "MultiThreshold", y, limits, domain="finn.custom_op.general", out_scale=2.0, out_bias=-5.0, out_dtype="INT4"
        ),
        tmp_path,
    )
    got = np.concatenate([run(graph, row[None, :6]) for row in data])
    assert np.array_equal(got, 2 * (data[:, 6:, None] >= limits[None]).sum(axis=2) - 5)


def test_a_row_that_never_reaches_a_level_has_none(tmp_path: Path) -> None:
    """A channel of factor 0 holds one value for every input."""
    factor, shift = np.array([0.0, 1.0, 0.0, 0.0]), np.array([5.0, 0.0, -5.0, 0.0])
    graph, _ = sums_then(lambda writer, y: writer.quant(y, 1.0, 2.0), tmp_path, shift, factor)
    layer = graph.outputs[0]
    assert isinstance(layer, ThresholdDense)
    assert isinstance(layer.t, Const)
    assert isinstance(layer.base, Const)
    assert (layer.t.value[[0, 2, 3]] == NEVER).all()
    assert layer.base.value[[0, 2, 3]].tolist() == [1, -2, 0]


def test_relu_and_batch_normalisation_vanish_in_thresholds(tmp_path: Path) -> None:
    writer = Writer()
    y = writer.op("MatMul", writer.quant("x", 1.0, 8.0), writer.quant(WEIGHTS, 0.3, 4.0))
    gamma, beta, mean, var = (
        np.array(v, np.float32) for v in ([1, -2, 3, 0.5], [0, 9, -4, 1], [5, 5, 5, 5], [4, 1, 9, 2])
    )
    y = writer.op("BatchNormalization", y, gamma, beta, mean, var, epsilon=0.5)
    graph = load(writer.save(writer.quant(writer.op("Relu", y), 2.0, 4.0, signed=0), tmp_path))
    ints = np.clip(np.round(WEIGHTS / np.float32(0.3)), -8, 7).astype(int)
    for _ in range(200):
        x = RNG.integers(-128, 128, (1, 6))
        real = (x @ ints * float(np.float32(0.3)) - mean) / np.sqrt(var.astype(float) + 0.5) * gamma + beta
        assert np.array_equal(run(graph, x), np.clip(np.round(np.maximum(real, 0) / 2), 0, 15))


def test_sums_that_nothing_quantises_leave_as_they_are(tmp_path: Path) -> None:
    writer = Writer()
    y = writer.op("MatMul", writer.bipolar(writer.op("Sub", writer.op("Mul", "x", 2.0), 1.0)), np.sign(WEIGHTS))
    graph = load(writer.save(writer.op("Add", writer.op("Mul", y, 0.5), 3.0), tmp_path))
    assert isinstance(graph.outputs[0], AccumulateDense)
    assert "int32 here, real = 0.5 * value +3" in graph.notes[-1]
    # 2 x - 1 is -1..1 for x in 0..1: that becomes all of int8
    assert graph.inputs[0].type.quant == QuantParams((1 / 255,), (-128,))
    pixels = np.array([[0, 100, 127, 128, 200, 255]])
    assert np.array_equal(run(graph, pixels - 128), np.where(pixels / 255 * 2 - 1 >= 0, 1, -1) @ np.sign(WEIGHTS))


def test_the_position_of_the_largest(tmp_path: Path) -> None:
    writer = Writer()
    y = writer.op("MatMul", writer.bipolar("x"), np.sign(WEIGHTS))
    index = writer.op("TopK", writer.op("Mul", y, 0.5), np.array([1]), outputs=2, axis=-1)
    graph = load(writer.save(index, tmp_path))
    assert [op.op_name for op in graph.ops] == ["lut", "accumulate_dense", "arg_max"]


def test_a_promised_bipolar_input_needs_no_quantiser(tmp_path: Path) -> None:
    """FINN's annotation; the affine map before the layer is part of it: (x + 1) / 2 is 0 or 1."""
    writer = Writer(annotation="BIPOLAR")
    y = writer.op("Div", writer.op("Add", "x", 1.0), 2.0)
    y = writer.op("Gemm", y, writer.quant(WEIGHTS.T, 0.3, 4.0), np.array([1.0, 2, 3, 4]), transB=1)
    graph = load(writer.save(writer.quant(y, 0.5, 4.0), tmp_path))
    ints = np.clip(np.round(WEIGHTS / np.float32(0.3)), -8, 7).astype(int)
    x = RNG.choice([-1, 1], (1, 6))
    real = (x + 1) // 2 @ ints * float(np.float32(0.3)) + np.array([1, 2, 3, 4])
    assert np.array_equal(run(graph, x), np.clip(np.round(real / 0.5), -8, 7))


def refused(writer: Writer, output: str, folder: Path) -> str:
    with pytest.raises(UnsupportedError) as caught:
        load(writer.save(output, folder))
    return str(caught.value)


def test_every_refusal_is_listed(tmp_path: Path) -> None:
    writer = Writer()
    first = writer.op("Softsign", writer.quant("x", 1.0, 8.0))
    writer.op("MatMul", first, WEIGHTS)
    second = writer.op("MatMul", writer.quant("x", 1.0, 8.0), WEIGHTS)
    text = refused(writer, second, tmp_path)
    assert "2 node(s)" in text
    assert "the operator Softsign is not supported" in text
    assert "its weights are real numbers" in text


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda w: w.op("MatMul", "x", w.quant(WEIGHTS, 0.3, 4.0)), "nothing quantises the input"),
        (lambda w: w.quant("x", 1.0, 12.0), "12 bits"),
        (lambda w: w.quant("x", 1.0, 8.0, mode="SOMEHOW"), "rounding mode is SOMEHOW"),
        (lambda w: w.quant("x", np.array([1.0, 2, 3, 4, 5, 6]), 8.0), "several values"),
        (lambda w: w.quant(w.op("Mul", "x", -1.0), 1.0, 8.0), "must be positive"),
        (lambda w: w.quant(w.op("Mul", "x", np.arange(1.0, 7)), 1.0, 8.0), "different scales"),
        (lambda w: w.op("MatMul", w.op("Relu", w.quant("x", 1.0, 8.0)), np.sign(WEIGHTS)), "nothing quantised"),
        (
            lambda w: w.op("MatMul", w.op("MatMul", w.bipolar("x"), np.sign(WEIGHTS)), np.ones((4, 2), np.float32)),
            "sums that nothing quantised",
        ),
        (lambda w: w.op("Mul", w.op("MatMul", w.bipolar("x"), np.sign(WEIGHTS)), np.arange(4.0)), "different scales"),
        (lambda w: w.op("Mul", w.op("MatMul", w.bipolar("x"), np.sign(WEIGHTS)), -1.0), "not positive"),
    ],
)
def test_what_cannot_be_exact_is_refused(make: Any, reason: str, tmp_path: Path) -> None:
    writer = Writer()
    assert reason in refused(writer, make(writer), tmp_path)


def test_a_constant_that_is_not_a_number_is_an_error(tmp_path: Path) -> None:
    writer = Writer()
    with pytest.raises(ModelError, match="not finite"):
        load(writer.save(writer.quant("x", float("nan"), 8.0), tmp_path))
