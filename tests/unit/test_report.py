from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from edgegen import compile_model
from edgegen.build import Build
from edgegen.record import RECORD, VECTORS
from edgegen.report import build_json, entropy_bits, inspect_json, inspect_table, layer_table
from edgegen.selection.problem import NODE_CODE
from tests.graphs import dense, graph, network, source, weights

TARGET = "cortex-m3"


@pytest.fixture(scope="module")
def build() -> Build:
    return compile_model(network(), TARGET)


def test_entropy_is_zero_for_one_value_and_eight_bits_for_all() -> None:
    assert entropy_bits(np.zeros(100, dtype=np.int8)) == 0.0
    assert entropy_bits(np.arange(-128, 128).astype(np.int8)) == 8.0
    assert entropy_bits(np.array([0, 0, 0, 1])) == pytest.approx(0.8112781)


def test_flash_is_the_sum_of_the_layers_and_ram_that_of_the_plan(build: Build) -> None:
    report = build_json(build)
    assert report["flash"]["weights"] == sum(layer["flash"] for layer in report["layers"])
    assert report["ram"]["arena"] == build.plan.arena
    assert report["ram"]["arena"] + report["ram"]["workspace"] == build.plan.total


def test_code_that_layers_share_is_counted_once(build: Build) -> None:
    symbols = {f.symbol: f.code_bytes for c in build.choices for f in c.chosen.functions}
    assert len(symbols) < len(build.choices)
    assert build_json(build)["flash"]["code"] == sum(symbols.values()) + NODE_CODE * len(build.choices)


def test_layers_come_in_execution_order_with_their_costs(build: Build) -> None:
    layers = build_json(build)["layers"]
    assert [layer["name"] for layer in layers] == [step.name for step in build.plan.steps]
    first = layers[0]
    assert first["op"] == "conv2d" and first["macs"] == 4 * 4 * 8 * 27
    assert first["weight_bytes"] == first["dense_bytes"] == 8 * 27
    assert "CONV_2D" in first["origin"]


def test_inspect_counts_zeros_and_distinct_values_of_weights() -> None:
    x = source((1, 64))
    model = graph(dense(x, 32, "ternary"), x)
    report = inspect_json(model)
    (found,) = (n["weights"] for n in report["nodes"])
    values = weights((32, 64), "ternary").value
    assert (found["count"], found["distinct"]) == (2048, 3)
    assert found["zeros"] == int((values == 0).sum())
    assert found["entropy_bytes"] == pytest.approx(found["entropy_bits"] * 256, abs=0.1)
    assert report["macs"] == 2048


def shown(table: object) -> str:
    out = io.StringIO()
    Console(file=out, width=160).print(table)
    return out.getvalue()


def test_tables_have_a_row_for_every_layer(build: Build) -> None:
    text = shown(layer_table(build))
    assert all(step.name in text for step in build.plan.steps)
    assert shown(inspect_table(build.graph)).count("conv2d") == 3


def test_the_record_has_the_digest_of_every_other_file(build: Build) -> None:
    record = json.loads(build.files[RECORD])
    assert set(record["sha256"]) == set(build.files) - {RECORD}
    assert record["files"] == sorted(build.files)
    for name, digest in record["sha256"].items():
        assert hashlib.sha256(build.files[name]).hexdigest() == digest, name


def test_the_record_describes_the_interface_for_the_harness(build: Build) -> None:
    interface = json.loads(build.files[RECORD])["interface"]
    assert interface["inputs"] == [{"c_type": "int8_t", "elements": 192}]
    assert interface["outputs"] == [{"c_type": "int8_t", "elements": 6}]


def test_stored_vectors_read_back_without_pickle(build: Build, tmp_path: Path) -> None:
    (tmp_path / "v.npz").write_bytes(build.files[VECTORS])
    with np.load(tmp_path / "v.npz", allow_pickle=False) as archive:
        assert archive["input_0"].shape[1] == 192 and archive["output_0"].shape[1] == 6
