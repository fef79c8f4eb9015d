"""The float references that calibration runs compute what LiteRT's float kernels compute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from edgegen.frontends.source import Source
from edgegen.frontends.tflite.reader import Reader
from edgegen.quantization.samples import Samples
from edgegen.quantization.tflite_float import REFERENCES
from edgegen.quantization.tflite_run import FloatRunner
from tests.unit.tflite_files import O, T, tflite_file

Array = NDArray[Any]
RNG = np.random.default_rng(5)
IMAGE = (1, 7, 6, 4)
CONV = {"StrideH": 2, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
POOL = {"StrideH": 2, "StrideW": 3, "FilterHeight": 3, "FilterWidth": 2}


def c(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


def ints(*values: Any) -> Array:
    return np.array(values, dtype=np.int32)


#: operator, constants, output shape, options
CASES: list[tuple[str, list[Array], tuple[int, ...], dict[str, Any]]] = [
    ("CONV_2D", [c(5, 3, 2, 4), c(5)], (1, 4, 6, 5), CONV | {"Padding": 0, "FusedActivationFunction": 3}),
    ("CONV_2D", [c(5, 2, 2, 4), c(5)], (1, 6, 2, 5), {"Padding": 1, "StrideH": 1, "StrideW": 2, "DilationHFactor": 1,
                                                "DilationWFactor": 2, "FusedActivationFunction": 2}),
    ("DEPTHWISE_CONV_2D", [c(1, 3, 3, 8), c(8)], (1, 4, 6, 8),
     CONV | {"Padding": 0, "DepthMultiplier": 2, "FusedActivationFunction": 1}),
    ("FULLY_CONNECTED", [c(3, 168), c(3)], (1, 3), {"FusedActivationFunction": 1}),
    ("AVERAGE_POOL_2D", [], (1, 4, 2, 4), POOL | {"Padding": 0, "FusedActivationFunction": 0}),
    ("AVERAGE_POOL_2D", [], (1, 3, 2, 4), POOL | {"Padding": 1, "FusedActivationFunction": 1}),
    ("MAX_POOL_2D", [], (1, 4, 2, 4), POOL | {"Padding": 0, "FusedActivationFunction": 3}),
    ("MEAN", [ints(1, 2)], (1, 4), {"KeepDims": False}),
    ("MEAN", [ints(-2)], (1, 7, 1, 4), {"KeepDims": True}),
    ("REDUCE_MAX", [ints(1, 2)], (1, 1, 1, 4), {"KeepDims": True}),
    ("ADD", [c(4)], IMAGE, {"FusedActivationFunction": 1}),
    ("MUL", [c(1, 1, 1, 4)], IMAGE, {"FusedActivationFunction": 0}),
    ("SUB", [c(4)], IMAGE, {"FusedActivationFunction": 0}),
    ("HARD_SWISH", [], IMAGE, {}),
    ("LEAKY_RELU", [], IMAGE, {"Alpha": 0.3}),
    ("LOGISTIC", [], IMAGE, {}),
    ("RELU", [], IMAGE, {}),
    ("RELU6", [], IMAGE, {}),
    ("RELU_N1_TO_1", [], IMAGE, {}),
    ("TANH", [], IMAGE, {}),
    ("SOFTMAX", [], IMAGE, {"Beta": 0.5}),
    ("RESHAPE", [ints(1, 42, 4)], (1, 42, 4), {"NewShape": (1, 42, 4)}),
    ("EXPAND_DIMS", [np.array(1, np.int32)], (1, 1, 7, 6, 4), {}),
    ("TRANSPOSE", [ints(0, 3, 1, 2)], (1, 4, 7, 6), {}),
    ("PAD", [ints([0, 0], [1, 2], [0, 1], [0, 0])], (1, 10, 7, 4), {}),
    ("PADV2", [ints([0, 0], [1, 2], [0, 1], [0, 0]), c(1)], (1, 10, 7, 4), {}),
    ("CONCATENATION", [c(1, 7, 6, 3)], (1, 7, 6, 7), {"Axis": -1, "FusedActivationFunction": 0}),
    ("RESIZE_NEAREST_NEIGHBOR", [ints(14, 5)], (1, 14, 5, 4), {"AlignCorners": False, "HalfPixelCenters": True}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "constants", "shape", "options"), CASES, ids=[case[0] for case in CASES])
def test_reference_equals_litert(
    tmp_path: Path, name: str, constants: list[Array], shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    tensors = [T("x", IMAGE, "float32"), T("y", shape, "float32")]
    tensors += [T(f"k{i}", data=values) for i, values in enumerate(constants)]
    operands = ("x", *(f"k{i}" for i in range(len(constants))))
    path = tmp_path / "m.tflite"
    path.write_bytes(tflite_file(tensors, [O(name, operands, ("y",), options)], ("x",), ("y",)))
    source = Source.read(path)
    runner = FloatRunner(source, Reader(source).model())
    x = np.random.default_rng(1).normal(scale=3, size=(2, *IMAGE[1:])).astype(np.float32)
    samples = Samples({"x": x}, 2)
    found = np.concatenate([runner.run(batch)[1] for batch in samples.batches(runner.batch)])
    oracle = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    oracle.allocate_tensors()
    assert found.shape == (2, *shape[1:])
    for sample in range(2):
        oracle.set_tensor(oracle.get_input_details()[0]["index"], x[sample : sample + 1])
        oracle.invoke()
        expected = oracle.get_tensor(oracle.get_output_details()[0]["index"])
        np.testing.assert_allclose(found[sample : sample + 1], expected, rtol=1e-4, atol=1e-5)


def test_every_reference_is_compared() -> None:
    assert set(REFERENCES) - {case[0] for case in CASES} == {"SQUEEZE"}
