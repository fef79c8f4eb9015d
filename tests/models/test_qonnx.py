"""QONNX networks against the qonnx package's execution, and on the MNIST test set."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

from edgegen.cli import main
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from edgegen.pipeline import integer_graph
from edgegen.verify.oracles import open_oracle
from edgegen.verify.qonnx_model import QonnxModel

Array = NDArray[Any]

#: a sum's least step in reals, by model: sums are integers, the oracle computes them in float32
SUMS = {
    "TFC_1W1A": (0.0411545748, -1.16213432),
    "TFC_1W2A": (0.0415211469, -1.19452371),
    "kwsmlp_w3a3": (0.0115753013, 0),
}
MNIST = ("TFC_1W1A", "TFC_1W2A", "finn_examples_fpga_flow")
VECTORS = 25


def model_file(shared: Path, name: str) -> Path:
    return shared / "models" / "onnx" / "qonnx" / f"{name}.onnx"


def mnist(shared: Path) -> tuple[Array, Array]:
    """The 10,000 test images, 0..255, and their labels."""
    folder = shared / "datasets" / "mnist"
    images = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())
    return np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784), np.frombuffer(labels, np.uint8, offset=8)


def inputs(shared: Path, name: str) -> Array:
    """Real inputs of a model: images, features, or -1 and 1 as the file promises."""
    rng = np.random.default_rng(3)
    match name:
        case "TFC_1W1A" | "TFC_1W2A":
            return mnist(shared)[0][:VECTORS] / 255
        case "finn_examples_fpga_flow":
            return mnist(shared)[0][:VECTORS].astype(float)
        case "kwsmlp_w3a3":
            return rng.normal(0, 30, (VECTORS, 490))
        case _:
            return rng.choice([-1.0, 1.0], (VECTORS, 600))


def codes(graph: Graph, real: Array) -> Array:
    """Real inputs as the int8 values nearest to them; none of these inputs lies between two quantiser levels."""
    quant = graph.inputs[0].type.quant
    assert quant is not None
    nearest = np.round(real / quant.scale[0] + quant.zero_point[0])
    result: Array = np.clip(nearest, -128, 127).astype(np.int8)
    return result


def outputs(graph: Graph, x: Array) -> Array:
    (y,) = Interpreter(graph).run({graph.inputs[0].name: x})
    return y.reshape(len(x), -1)


@pytest.mark.parametrize("name", [*MNIST, "kwsmlp_w3a3", "unsw_nb15-mlp-w2a2"])
def test_every_output_is_the_oracles(shared: Path, name: str) -> None:
    """Sums and classes are equal, though the oracle computes thresholds as real batch normalisations in float32."""
    graph = integer_graph(load(model_file(shared, name)))
    oracle = QonnxModel(model_file(shared, name))
    real = inputs(shared, name)
    got = outputs(graph, codes(graph, real))
    wanted = np.stack([oracle.execute(row)[0].reshape(-1) for row in real])
    if name in SUMS:
        scale, offset = SUMS[name]
        wanted = (wanted - offset) / scale
        assert np.abs(wanted - np.round(wanted)).max() < 0.01
    assert len(np.unique(got)) > 1
    assert np.array_equal(got, np.round(wanted))


@pytest.mark.parametrize("name", [*MNIST, "kwsmlp_w3a3", "unsw_nb15-mlp-w2a2"])
def test_the_oracle_of_verify_gives_the_integers_of_the_graph(shared: Path, name: str) -> None:
    """Real outputs of the package as stored integers: offsets of a batch normalisation at the end, classes, codes."""
    graph = integer_graph(load(model_file(shared, name)))
    oracle = open_oracle("qonnx", model_file(shared, name), graph)
    assert oracle.version.startswith("qonnx ")
    for row in codes(graph, inputs(shared, name)[:5]):
        ours = Interpreter(graph).run({graph.inputs[0].name: row[None]})
        theirs = oracle.run((row[None],))
        assert [t.dtype for t in theirs] == [o.dtype for o in ours]
        assert all(np.array_equal(t, o) for t, o in zip(theirs, ours, strict=True))


def test_verify_compares_with_qonnx_on_request(
    shared: Path, need_tools: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    need_tools("gcc")
    words = ["verify", str(model_file(shared, "TFC_1W1A")), "--target", "host", "--against", "qonnx", "--samples", "3"]
    assert main([*words, "--json"]) == 0
    against = json.loads(capsys.readouterr().out)["against"]
    assert (against["oracle"], against["vectors"], against["equal"], against["max_lsb"]) == ("qonnx", 3, 3, 0)


@pytest.mark.parametrize(
    ("name", "correct"), [("TFC_1W1A", 9296), ("TFC_1W2A", 9474), ("finn_examples_fpga_flow", 9296)]
)
def test_accuracy_on_all_of_mnist(shared: Path, name: str, correct: int) -> None:
    """Of 10,000 test images, as many as the network of real numbers gets right (see the test of every output)."""
    graph = integer_graph(load(model_file(shared, name)))
    images, labels = mnist(shared)
    got = outputs(graph, codes(graph, images if name.startswith("finn") else images / 255))
    classes = got[:, 0] if got.shape[1] == 1 else got.argmax(axis=1)
    assert int((classes == labels).sum()) == correct


@pytest.mark.parametrize("name", ["TFC_1W1A", "TFC_1W2A"])
def test_sums_of_all_of_mnist_are_those_of_the_real_network(shared: Path, name: str) -> None:
    """100,000 sums against the network written down in float32, with its batch normalisations."""
    images, _ = mnist(shared)
    graph = integer_graph(load(model_file(shared, name)))
    got = outputs(graph, codes(graph, images / 255))
    assert np.array_equal(got, np.round(real_network(model_file(shared, name), images / 255)))


def real_network(path: Path, images: Array) -> Array:
    """Sums of the last layer of a TFC network, float32."""
    model = onnx.load(path)
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    weights = [n for n in model.graph.node if n.op_type == "BipolarQuant" and n.input[0] in constants]
    norms = [n for n in model.graph.node if n.op_type == "BatchNormalization"]
    x = images.astype(np.float32) * np.float32(2) - np.float32(1)
    for weight, norm in zip(weights, [*norms, None], strict=True):
        active = np.where(x >= 0, 1, -1) if "1W1A" in path.name else np.round(np.clip(x, -1, 1))
        x = active.astype(np.float32) @ np.where(constants[weight.input[0]] >= 0, 1, -1).T.astype(np.float32)
        if norm is not None:
            gamma, beta, mean, variance = (constants[name] for name in norm.input[1:])
            x = (x - mean) / np.sqrt(variance + np.float32(1e-5)) * gamma + beta
    return x
