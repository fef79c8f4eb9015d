"""The imported graphs compute what LiteRT's reference kernels compute, bit for bit, on recorded inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.frontends import load
from edgegen.frontends.tflite.context import Runtime
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from tests.models.datasets import MODELS, model_path, vectors
from tests.models.litert import LiteRT

Array = NDArray[Any]


def run_all(graph: Graph, inputs: Array) -> Array:
    """First output for every sample, a few samples at a time to bound memory."""
    interpreter = Interpreter(graph)
    chunks = [interpreter.run({graph.inputs[0].name: inputs[i : i + 20]})[0] for i in range(0, len(inputs), 20)]
    return np.concatenate(chunks)


@pytest.mark.parametrize("name", MODELS)
def test_mlperf_tiny_models_equal_litert_on_every_recorded_input(name: str, shared: Path) -> None:
    graph = load(model_path(name))
    inputs, _ = vectors(name)
    oracle = LiteRT(model_path(name), graph)
    expected = np.concatenate([oracle.run([sample])[0] for sample in inputs])
    np.testing.assert_array_equal(run_all(graph, inputs), expected)


def test_kws_recognises_902_of_the_1000_keywords(shared: Path) -> None:
    inputs, labels = vectors("kws")
    assert labels is not None
    scores = run_all(load(model_path("kws")), inputs)
    # In three samples two classes share the highest score; a label among them counts as recognised.
    assert int((scores[np.arange(1000), labels] == scores.max(axis=1)).sum()) == 902
    assert int((scores.argmax(axis=1) == labels).sum()) == 901


@pytest.mark.parametrize("name", MODELS)
def test_every_node_equals_litert_on_random_inputs(name: str, shared: Path) -> None:
    assert_nodes_equal(model_path(name), samples=2, seed=7)


def test_tflm_rounding_changes_single_fully_connected_outputs_by_at_most_one(shared: Path) -> None:
    inputs, _ = vectors("ad")
    litert, tflm = load(model_path("ad")), load(model_path("ad"), rounding="tflm")
    interpreter = Interpreter(litert)
    interpreter.run({litert.inputs[0].name: inputs})
    for ours, theirs in zip(litert.ops, tflm.ops, strict=True):
        operands = [interpreter.value(operand) for operand in ours.operands]
        difference = interpreter.value(ours).astype(np.int16) - theirs.reference(*operands)
        assert 0 < np.abs(difference).max() <= 1


def test_convolutions_round_alike_in_litert_and_tflm(shared: Path) -> None:
    runtimes: tuple[Runtime, ...] = ("litert", "tflm")
    for rounding in runtimes:
        convolutions = [op for op in load(model_path("kws"), rounding).ops if "conv2d" in op.op_name]
        assert len(convolutions) == 9
        assert {op.requant.rounding for op in convolutions} == {"double"}


#: every other model of the collection that can be compiled, below ../shared/models/tflite
OTHERS = (
    "arm_kws/cnn_s_quantized",
    "arm_kws/dnn_s_quantized",
    "arm_kws/ds_cnn_s_quantized",
    "arm_mlzoo/ssd_mobilenet_v3_int8",
    "emza/yolo_fastest_1.1_face_320",
    "mlonmcu/aww",
    "mlonmcu/catdog",
    "mlonmcu/micro_kws_m_quantized",
    "mlonmcu/micro_speech_custom",
    "mlonmcu/qnn_model",
    "mlperf_tiny/ad_toycar_fullint_floatio",
    "mlperf_tiny/ic_resnet_large_int8",
    "mltk/audio_example1",
    "mltk/autoencoder_example",
    "mltk/fingerprint_signature_generator",
    "mltk/image_example1",
    "mltk/keyword_spotting_alexa",
    "mltk/keyword_spotting_on_off_v3",
    "mltk/rock_paper_scissors",
    "mltk/tflite_micro_magic_wand",
    "st_zoo/fdmobilenet_0.25_128_int8",
    "st_zoo/gmp_wl_24_int8",
    "st_zoo/ign_wl_48_int8",
    "st_zoo/miniresnet_1stacks_64x50_int8",
    "st_zoo/miniresnetv2_1stacks_64x50_int8",
    "st_zoo/mobilenet_v1_0.25_96_grayscale_int8",
    "st_zoo/mobilenet_v2_0.35_128_int8",
    "st_zoo/resnet_v1_32_32_int8",
    "st_zoo/squeezenet_v1.1_128_int8",
    "st_zoo/yamnet_256_64x96_int8",
    "tflm/hello_world_int8",
    "tflm/micro_speech_quantized",
    "tinyengine/mcunet_detection",
    "tinyengine/mcunet_vww",
    "tinyengine/mcunetv2_large",
)


@pytest.mark.parametrize("name", OTHERS)
def test_every_node_of_other_models_equals_litert(name: str, shared: Path) -> None:
    assert_nodes_equal(shared / f"models/tflite/{name}.tflite", samples=1, seed=3)


def test_person_detect_reproduces_its_recorded_outputs(shared: Path) -> None:
    """LiteRT refuses to load this file; its golden pairs come from another runtime."""
    graph = load(shared / "models/tflite/tflm/person_detect.tflite")
    files = sorted((shared / "datasets/golden_mlonmcu/person_detect").glob("input_*.bin"))
    assert len(files) == 2
    for file in files:
        x = np.fromfile(file, np.int8).reshape(graph.inputs[0].type.shape)
        probabilities = np.fromfile(file.with_name(file.name.replace("input", "output")), "<f4")
        (y,) = Interpreter(graph).run({graph.inputs[0].name: x})
        np.testing.assert_array_equal(y.reshape(-1), np.rint(probabilities * 256) - 128)


def assert_nodes_equal(path: Path, samples: int, seed: int) -> None:
    """Compare every node's value that the file names with LiteRT's, on random inputs."""
    graph = load(path)
    oracle = LiteRT(path, graph, every_tensor=True)
    interpreter = Interpreter(graph)
    rng = np.random.default_rng(seed)
    for _ in range(samples):
        values = [rng.integers(-128, 128, node.type.shape).astype(np.int8) for node in graph.inputs]
        oracle.run(values)
        interpreter.run({node.name: value for node, value in zip(graph.inputs, values, strict=True)})
        expected = oracle.tensors()
        compared = 0
        for op in graph.ops:
            theirs = expected.get(op.origin.name)
            if theirs is None or theirs.shape != op.type.shape or theirs.dtype != np.int8:
                continue
            np.testing.assert_array_equal(interpreter.value(op), theirs, err_msg=str(op.origin))
            compared += 1
        assert compared >= len(graph.ops) // 2, f"only {compared} of {len(graph.ops)} nodes have a counterpart"
