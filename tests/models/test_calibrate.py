"""Real float and hybrid models, quantised by recorded inputs, against their float originals in LiteRT."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter as LiteRT
from numpy.typing import NDArray

from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph
from edgegen.ops.fully_connected import FullyConnected
from edgegen.pipeline import integer_graph
from edgegen.quantization import load_calibrated
from edgegen.quantization.ranges import real, stored
from tests.models.datasets import DATASETS, SHARED, vectors

Array = NDArray[Any]

MLPERF = "tflite/mlperf_tiny"
MNIST = "tflite/mlonmcu/simple_mnist_pruned.tflite"


def mnist(part: str, count: int) -> tuple[Array, Array]:
    """The first images (n, 28, 28, 1) in 0..1 and their labels; part: train or t10k."""
    images = gzip.decompress((DATASETS / f"mnist/{part}-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((DATASETS / f"mnist/{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
    pixels = np.frombuffer(images, np.uint8, count * 784).reshape(count, 28, 28, 1)
    return pixels.astype(np.float32) / np.float32(255), np.frombuffer(labels, np.uint8, count).astype(np.int64)


def calibrated(folder: Path, model: str, x: Array) -> Graph:
    np.savez(folder / "samples.npz", x=x)
    return integer_graph(load_calibrated(SHARED / "models" / model, folder / "samples.npz"))


def integer_outputs(graph: Graph, x: Array) -> Array:
    """Real outputs of the integer graph, a few samples at a time."""
    (node,), (output,) = graph.inputs, graph.outputs
    assert node.type.quant is not None and output.type.quant is not None
    codes, interpreter = stored(x.reshape(-1, *node.type.shape[1:]), node.type.quant), Interpreter(graph)
    parts = [interpreter.run({node.name: codes[i : i + 25]})[0] for i in range(0, len(codes), 25)]
    return real(np.concatenate(parts), output.type.quant)


def float_outputs(model: str, x: Array) -> Array:
    """Outputs of the original file in LiteRT, hybrid kernels as they are."""
    interpreter = LiteRT(str(SHARED / "models" / model))
    interpreter.allocate_tensors()
    (inputs,), (outputs,) = interpreter.get_input_details(), interpreter.get_output_details()
    found = []
    for sample in x:
        interpreter.set_tensor(inputs["index"], sample.reshape(inputs["shape"]))
        interpreter.invoke()
        found.append(interpreter.get_tensor(outputs["index"])[0])
    return np.array(found)


def kws() -> tuple[Array, Array]:
    x, labels = vectors("kws")
    assert labels is not None
    return (x.astype(np.float32) - 83) * np.float32(0.5847029089927673), labels


def images() -> tuple[Array, Array]:
    x, labels = vectors("ic")
    assert labels is not None
    return x.astype(np.float32) + 128, labels


def test_pruned_mnist_loses_less_than_a_point_and_keeps_its_zeros(tmp_path: Path, shared: Path) -> None:
    np.savez(tmp_path / "samples.npz", x=mnist("train", 100)[0])
    imported = load_calibrated(SHARED / "models" / MNIST, tmp_path / "samples.npz")
    graph = integer_graph(imported)
    x, labels = mnist("t10k", 400)
    mine, original = integer_outputs(graph, x).argmax(axis=1), float_outputs(MNIST, x).argmax(axis=1)
    assert np.mean(original == labels) > 0.97
    assert np.mean(mine == labels) > np.mean(original == labels) - 0.01
    dense = next(op for op in imported.ops if isinstance(op, FullyConnected))
    assert isinstance(dense.w, Const)
    assert np.mean(dense.w.value == 0) > 0.89


@pytest.mark.parametrize(
    ("name", "data", "samples"),
    [("kws_dscnn_fp32", kws, 1000), ("kws_fp32_qualcomm_v1.3", kws, 300), ("ic_resnet8_fp32", images, 150)],
)
def test_classifiers_lose_less_than_two_points(
    tmp_path: Path, shared: Path, name: str, data: Callable[[], tuple[Array, Array]], samples: int
) -> None:
    x, labels = data()
    graph = calibrated(tmp_path, f"{MLPERF}/{name}.tflite", x[:60])
    mine = integer_outputs(graph, x[:samples]).argmax(axis=1)
    original = float_outputs(f"{MLPERF}/{name}.tflite", x[:samples]).argmax(axis=1)
    assert np.mean(original == labels[:samples]) > 0.85
    assert np.mean(mine == labels[:samples]) > np.mean(original == labels[:samples]) - 0.02
    assert np.mean(mine == original) > 0.96


@pytest.mark.parametrize("name", ["ad01_fp32", "ad_toycar_dynamic_range_quant"])
def test_autoencoders_stay_close_to_the_float_model(tmp_path: Path, shared: Path, name: str) -> None:
    x = (vectors("ad")[0].astype(np.float32) - 89) * np.float32(0.3910152316093445)
    graph = calibrated(tmp_path, f"{MLPERF}/{name}.tflite", x[:100])
    mine, original = integer_outputs(graph, x), float_outputs(f"{MLPERF}/{name}.tflite", x)
    assert 10 * np.log10((original**2).sum() / ((mine - original) ** 2).sum()) > 35


def test_person_detection_agrees_with_the_float_model(tmp_path: Path, shared: Path) -> None:
    x = (vectors("vww")[0].astype(np.float32) + 128) / np.float32(255)
    graph = calibrated(tmp_path, f"{MLPERF}/vww_mobilenet_fp32.tflite", x)
    assert graph.calibration is not None
    (error,) = graph.calibration.outputs
    assert error.top1_agreement == 1.0 and (error.snr_db or 0) > 25


@pytest.mark.parametrize(
    ("name", "scale", "accuracy"), [("mlonmcu/onnx_mnist", 255, 0.95), ("onnx2c/mnist_pytorch", 1, 0.9)]
)
def test_onnx_digit_classifiers_lose_less_than_two_points(
    tmp_path: Path, shared: Path, name: str, scale: float, accuracy: float
) -> None:
    train, (x, labels) = mnist("train", 40)[0] * np.float32(scale), mnist("t10k", 300)
    x = x * np.float32(scale)
    path = SHARED / "models/onnx" / f"{name}.onnx"
    np.savez(tmp_path / "samples.npz", x=train)
    graph = integer_graph(load_calibrated(path, tmp_path / "samples.npz"))
    node = graph.inputs[0]
    assert node.type.quant is not None and graph.calibration is not None
    codes, interpreter = stored(x.reshape(-1, *node.type.shape), node.type.quant), Interpreter(graph)
    mine = np.array([interpreter.run({node.name: code})[0].argmax() for code in codes])
    assert np.mean(mine == labels) > accuracy
    assert (graph.calibration.outputs[0].snr_db or 0) > 25
