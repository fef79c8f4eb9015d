"""Real ONNX models against onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.errors import UnsupportedError
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from tests.models.onnxruntime_nodes import assert_operators_within_one_step, real, session

Array = NDArray[Any]

QDQ = ("mlonmcu/micro_kws_m_static_qdq", "yunet/pruned_yunet_structured_int8_20_06")


@pytest.mark.parametrize("name", QDQ)
def test_every_operator_is_within_one_step_of_onnxruntime(name: str, shared: Path) -> None:
    assert assert_operators_within_one_step(shared / f"models/onnx/{name}.onnx") > 10


def run(graph: Graph, codes: Array) -> Array:
    return Interpreter(graph).run({graph.inputs[0].name: codes})[0]


def test_a_qoperator_model_is_within_one_step_of_onnxruntime(shared: Path) -> None:
    path = shared / "models/onnx/mlonmcu/micro_kws_m_static_qoperator.onnx"
    graph = load(path)
    oracle = session(path.read_bytes())
    quant = graph.outputs[0].type.quant
    assert quant is not None
    rng = np.random.default_rng(1)
    for _ in range(20):
        # Quiet inputs, for which the classes do not saturate.
        codes = np.clip(rng.normal(-100, 20, graph.inputs[0].type.shape), -128, 127).astype(np.int8)
        (expected,) = oracle.run(None, {graph.inputs[0].name: real(graph.inputs[0], codes)})
        steps = np.rint(expected / np.float32(quant.scale[0])) + quant.zero_point[0]
        assert np.abs(run(graph, codes) - steps).max() <= 3


def test_float_and_unknown_models_are_refused_with_reasons(shared: Path) -> None:
    for path in sorted((shared / "models/onnx").glob("*/*.onnx")):
        if (
            path.stem in {name.split("/")[1] for name in QDQ}
            or "qoperator" in path.stem
            or "qonnx" in path.parts
            or "ch_last" in path.stem
        ):
            continue
        with pytest.raises(UnsupportedError) as caught:
            load(path)
        assert caught.value.refusals, path
