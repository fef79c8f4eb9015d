"""What `inspect --choices` says: true of the build, and readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen import compile_model
from edgegen.build import Build
from edgegen.choices import choices_json, choices_text
from edgegen.report import build_json
from edgegen.selection.candidates import Options
from edgegen.selection.problem import NODE_CODE
from tests.graphs import dense, graph, network, source

TARGET = "cortex-m4"


@pytest.fixture(scope="module")
def build() -> Build:
    return compile_model(network(), TARGET)


def block(text: str, name: str) -> list[str]:
    """The lines of one layer."""
    return next(part for part in text.split("\n\n") if part.startswith(name)).splitlines()


def test_bits_per_weight_are_told_of_every_candidate() -> None:
    x = source((1, 64))
    report = choices_json(compile_model(graph(dense(x, 32, "ternary"), x), TARGET, Options("size")))
    (node,) = report["nodes"]
    dense_way = next(c for c in node["candidates"] if (c["kernel"], c["format"]) == ("portable", "int8"))
    assert dense_way["bits_per_weight"] == 8.0
    assert sum(c["chosen"] for c in node["candidates"]) == 1
    assert 0 < node["entropy_bits"] <= np.log2(3) and node["weights"] == 2048


def test_totals_are_those_of_the_build(build: Build) -> None:
    report, whole = choices_json(build), build_json(build)
    assert report["totals"]["constants"] == whole["flash"]["weights"]
    assert report["totals"]["code"] == whole["flash"]["code"]
    assert report["totals"]["instructions"] == whole["instructions"]
    closing = " ".join(choices_text(report).split("\n\n")[-1].split())
    assert f"flash {sum(whole['flash'].values()):,} bytes" in closing
    assert f"{whole['instructions']:,} instructions" in closing
    assert f"RAM {build.plan.total:,} bytes" in closing


def test_the_chosen_way_comes_first_then_the_others_by_size_with_their_difference(build: Build) -> None:
    report = choices_json(build)
    for node in report["nodes"]:
        lines = block(choices_text(report), node["name"])
        chosen = next(way for way in node["candidates"] if way["chosen"])
        assert lines[1].startswith(f"> {chosen['kernel']}") and f"{chosen['adds']:,}" in lines[1]
        rows = lines[2 : next(number for number, line in enumerate(lines) if line.startswith("  output "))]
        sizes = [int(row[26:36].replace(",", "")) for row in rows]
        assert sizes == sorted(sizes)


def way(name: str, flash: int, instructions: int, chosen: bool = False) -> dict[str, Any]:
    kernel, _, form = name.partition(" ")
    return {
        "kernel": kernel, "format": form, "flash": flash, "adds": flash, "weight_bytes": flash,
        "bits_per_weight": 8 * flash / 1000, "workspace": 16, "instructions": instructions, "chosen": chosen,
    }  # fmt: skip


def report_of(*candidates: dict[str, Any], rejected: tuple[tuple[str, str, str], ...] = ()) -> dict[str, Any]:
    return {
        "schema": "edgegen.choices/1", "target": "t", "optimize": "size",
        "nodes": [
            {
                "name": "n00_fully_connected", "op": "fully_connected", "shape": [1, 10], "weights": 1000,
                "entropy_bits": 3.25, "why": "nothing possible is smaller and faster", "candidates": list(candidates),
                "rejected": [dict(zip(("kernel", "format", "reason"), r, strict=True)) for r in rejected],
            }
        ],
        "totals": {"constants": 1500, "code": 500, "instructions": 12345, "workspace": 16, "arena": 100},
    }  # fmt: skip


def test_a_layer_is_told_in_these_words() -> None:
    report = report_of(
        way("fast int16", 2000, 900),
        way("dense int8", 1000, 1000, chosen=True),
        way("lut5 ham", 400, 20000),
        way("lut8 ham", 1600, 16000),
        way("states tans", 1600, 17000),
        rejected=(
            ("sparse", "csr", "keeps 99% of the weights"),
            ("packed", "int4", "format int4 holds -8..7, the matrix -127..127"),
            ("sparse", "gap_csr", "keeps 99% of the weights"),
            ("wide", "-", "keeps 99% of the weights"),
            ("rows", "csr", "slower than unpack"),
            ("rows", "ham", "slower than unpack"),
            ("direct", "csr", "only 1x1"),
            ("fast", "palette", "keeps 99% of the weights"),
        ),
    )
    assert choices_text(report) == (
        "n00_fully_connected           flash         instructions         workspace  bits\n"
        "> dense int8                  1,000                1,000                16  8.00\n"
        "  lut5 ham                      400   -60 %       20,000    x 20        16  3.20\n"
        "  fast int16                  2,000  +100 %          900   -10 %        16 16.00\n"
        "  output 1x10, 1,000 weights of 3.25 bits (entropy). Chosen: nothing possible is\n"
        "    smaller and faster\n"
        "  neither smaller nor faster than all of these: lut8 ham; states tans\n"
        "  not gap_csr, palette; sparse; wide: keeps 99% of the weights\n"
        "  not int4: format int4 holds -8..7, the matrix -127..127\n"
        "  not rows: slower than unpack\n"
        "  not direct csr: only 1x1\n"
        "\n"
        "t, --optimize size, predicted: flash 2,000 bytes (constants 1,500, code 500),\n"
        "12,345 instructions, RAM 116 bytes (arena 100, workspace 16). The flash of a way\n"
        "above is what it adds to the other layers: constants and code that none of them\n"
        "has.\n"
    )


def reasons(options: Options) -> dict[str, Any]:
    x = source((1, 64))
    first = dense(x, 64, "any", seed=1)
    second = dense(first, 64, "any", seed=2)
    made = compile_model(graph(dense(second, 64, "any", seed=3), x), TARGET, options)
    return {node["name"]: node for node in choices_json(made)["nodes"]}


@pytest.mark.parametrize("optimize", ["size", "speed", "balanced"])
def test_the_reason_is_true_of_the_figures(optimize: str) -> None:
    for node in reasons(Options(optimize)).values():
        (chosen,) = (way for way in node["candidates"] if way["chosen"])
        least = {key: min(way[key] for way in node["candidates"]) for key in ("adds", "instructions")}
        assert ("smallest" in node["why"]) == (chosen["adds"] == least["adds"])
        assert ("fastest" in node["why"]) == (chosen["instructions"] == least["instructions"])


def test_a_way_adds_its_constants_and_the_code_that_no_other_layer_uses() -> None:
    x = source((1, 64))
    first = dense(x, 64, "any", seed=1)
    forced = Options(kernels=(("n00_fully_connected", "portable"), ("n01_fully_connected", "portable")))
    build = compile_model(graph(dense(first, 64, "any", seed=2), x), TARGET, forced)
    assert all(f.code_bytes for f in build.choices[0].chosen.functions)
    for node in choices_json(build)["nodes"]:
        (way,) = node["candidates"]
        assert way["adds"] == way["flash"] - 256, "the other layer has the same kernel and the same bias"
    alone = compile_model(graph(first, x), TARGET, Options(kernels=forced.kernels[:1]))
    (way,) = choices_json(alone)["nodes"][0]["candidates"]
    assert way["adds"] == way["flash"] + choices_json(alone)["totals"]["code"] - NODE_CODE


def test_what_the_user_asked_for_is_the_reason() -> None:
    nodes = reasons(Options(kernels=(("n01_fully_connected", "portable"),), formats=(("n02_fully_connected", "int8"),)))
    assert nodes["n01_fully_connected"]["why"] == "as --kernel asked"
    assert nodes["n02_fully_connected"]["why"] == "as --format asked"


def test_a_network_fits_eighty_columns_and_names_every_way(build: Build, project: Path) -> None:
    report = choices_json(build)
    text = choices_text(report, 80)
    assert max(map(len, text.splitlines())) <= 80
    for node in report["nodes"]:
        words = " ".join(block(text, node["name"])).replace(",", " ").replace(";", " ").replace(":", " ").split()
        assert {w["kernel"] for w in node["candidates"]} <= set(words)
        assert all(r["kernel"] in words or r["format"] in words for r in node["rejected"])
    assert len(text.splitlines()) < 25 * len(report["nodes"])
    published = json.loads((project / "docs/schemas/choices-1.json").read_text())
    assert set(report) == set(published["properties"])
    assert set(report["nodes"][0]) == set(published["properties"]["nodes"]["items"]["properties"])
