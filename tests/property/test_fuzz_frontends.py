"""Whatever a model file holds, loading it ends in a graph or in a message: no traceback, no hang, bounded memory."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgegen.errors import EdgegenError, ModelError
from edgegen.frontends import load
from edgegen.frontends.onnx import IMPORTERS
from tests.unit.tflite_files import small_network

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "examples/digits/digits_int8.onnx"
SHARED = ROOT.parent / "shared/models"

#: cases of the process with hard limits, and of each test in this process
DAMAGED, DRAWN = 1000, 100

NUMBERS = st.one_of(st.integers(-3, 300), st.sampled_from([2**15, 2**31 - 1, 2**31, 2**32, 2**62, -(2**31)]))
drawn = settings(max_examples=DRAWN, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_handled(path: Path, data: bytes, limit: int = 64 << 20) -> None:
    """The bytes load or are refused, in at most `limit` bytes of Python and numpy memory."""
    path.write_bytes(data)
    tracemalloc.start()
    try:
        load(path)
    except EdgegenError as error:
        assert str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < limit, f"loading {len(data)} bytes took {peak} bytes of memory"


def limited_process(seed: int, cases: int, *files: Path) -> None:
    """Run fuzz_one; any end but a clean one fails with what it said last."""
    command = [sys.executable, "-m", "tests.property.fuzz_one", str(seed), str(cases), *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-200:]}\n{done.stderr[-3000:]}"


def test_damaged_small_files_end_in_a_graph_or_a_message(tmp_path: Path) -> None:
    network = tmp_path / "network.tflite"
    network.write_bytes(small_network())
    limited_process(0, DAMAGED, DIGITS, network)


@pytest.mark.models
def test_damaged_real_files_end_in_a_graph_or_a_message(shared: Path) -> None:
    names = (
        "tflite/mlperf_tiny/kws_dscnn_int8.tflite",
        "tflite/tflm/hello_world_int8.tflite",
        "tflite/microwakeword/v2_hey_mycroft.tflite",
        "onnx/mlonmcu/micro_kws_m_static_qdq.onnx",
        "onnx/mlonmcu/micro_kws_m_static_qoperator.onnx",
    )
    limited_process(50_000, 400, *(shared / "models" / name for name in names))


@drawn
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(data: bytes, tmp_path: Path) -> None:
    assert_handled(tmp_path / "model.bin", data)


@drawn
@given(data=st.binary(max_size=300), at=st.integers(0, 7))
def test_arbitrary_bytes_behind_the_tflite_identifier_are_refused(data: bytes, at: int, tmp_path: Path) -> None:
    assert_handled(tmp_path / "model.tflite", bytes([at * 4, 0, 0, 0]) + b"TFL3" + data)


@pytest.mark.parametrize("step", [1, 7])
def test_every_truncation_of_a_tflite_file_is_refused(step: int, tmp_path: Path) -> None:
    data = small_network()
    for length in range(0, len(data) - 1, 64 * step + step):
        assert_handled(tmp_path / "model.tflite", data[:length])


def _numbers(message: onnx.ModelProto) -> list[tuple[Any, int]]:
    """Every list of integers in the main graph that an importer may believe, with each index."""
    graph = message.graph
    places = [(tensor.dims, i) for tensor in graph.initializer for i in range(len(tensor.dims))]
    places += [(a.ints, i) for node in graph.node for a in node.attribute for i in range(len(a.ints))]
    return places


@drawn
@given(data=st.data())
def test_hostile_numbers_in_an_onnx_graph_are_handled(data: st.DataObject, tmp_path: Path) -> None:
    message = onnx.load(DIGITS)
    places = _numbers(message)
    for _ in range(data.draw(st.integers(1, 3))):
        numbers, index = data.draw(st.sampled_from(places))
        numbers[index] = data.draw(NUMBERS.filter(lambda number: abs(number) < 2**63))
    assert_handled(tmp_path / "model.onnx", message.SerializeToString())


@drawn
@given(data=st.data())
def test_rewired_onnx_graphs_are_handled(data: st.DataObject, tmp_path: Path) -> None:
    message = onnx.load(DIGITS)
    nodes = message.graph.node
    names = [name for node in nodes for name in (*node.input, *node.output)]
    kinds = [name for name in IMPORTERS if ":" not in name]
    for _ in range(data.draw(st.integers(1, 4))):
        node = data.draw(st.sampled_from(list(nodes)))
        if data.draw(st.booleans()):
            node.op_type = data.draw(st.sampled_from(kinds))
        if data.draw(st.booleans()) and node.input:
            node.input[data.draw(st.integers(0, len(node.input) - 1))] = data.draw(st.sampled_from(names))
    assert_handled(tmp_path / "model.onnx", message.SerializeToString())


def test_a_tensor_that_claims_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    message = onnx.load(DIGITS)
    message.graph.initializer[0].dims[0] = 2**40
    path = tmp_path / "model.onnx"
    path.write_bytes(message.SerializeToString())
    with pytest.raises(ModelError, match=r"truncated|shape"):
        load(path)
