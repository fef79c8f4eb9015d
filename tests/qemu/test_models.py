"""The five MLPerf Tiny models: every target's firmware computes exactly what LiteRT's reference kernels compute."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen import cli, compile_model, load
from edgegen.build import Build
from edgegen.formats.base import Table
from edgegen.interpreter import Interpreter
from edgegen.ir import Graph
from edgegen.kernels.base import Lowered
from edgegen.kernels.depthwise_portable import DepthwisePortable
from edgegen.target import list_targets, load_target
from edgegen.verify.check import Vectors, verify_build
from tests.models import datasets
from tests.models.litert import LiteRT

Array = NDArray[Any]

#: bytes of the arena at most, workspaces of kernels apart
ARENA = {"kws": 16000, "vww": 55296, "ic": 49152, "ad": 768, "sww": 6656}
#: how many vectors run on the target that is looked at closely, and on the others
MANY, FEW = 20, 3
TARGETS = [name for name in list_targets() if name != "cortex-m4"]


@cache
def graph_of(name: str) -> Graph:
    return load(datasets.model_path(name))


@cache
def compiled(name: str, target: str) -> Build:
    return compile_model(graph_of(name), target, prefix=name, selftest=False)


@cache
def samples(name: str) -> tuple[Array, ...]:
    """MANY inputs: recorded ones, evenly spaced; where there are fewer, random ones after them."""
    recorded, _ = datasets.vectors(name)
    shape = graph_of(name).inputs[0].type.shape
    places = np.linspace(0, len(recorded) - 1, min(MANY, len(recorded))).astype(int)
    chosen = [recorded[i].reshape(shape) for i in places]
    rng = np.random.default_rng(11)
    chosen += [rng.integers(-128, 128, shape, dtype=np.int8) for _ in range(MANY - len(chosen))]
    return tuple(chosen)


@cache
def litert_outputs(name: str) -> tuple[Array, ...]:
    """What LiteRT BUILTIN_REF computes for the samples."""
    oracle = LiteRT(datasets.model_path(name), graph_of(name))
    return tuple(oracle.run([sample])[0].copy() for sample in samples(name))


def check(name: str, target: str, count: int, need_tools: Callable[..., None]) -> None:
    """Build, run `count` samples, compare with the reference and with LiteRT, no tolerance."""
    wanted = load_target(target)
    assert wanted.emulator is not None
    need_tools(wanted.toolchain.cc, *(word for word in wanted.emulator.argv[:1] if "{" not in word))
    report = verify_build(compiled(name, target), Vectors(tuple((sample,) for sample in samples(name)[:count])))
    assert report.bit_exact, str(report.first)
    got = [outputs[0].ravel() for outputs in report.outputs]
    np.testing.assert_array_equal(np.stack(got), np.stack([o.ravel() for o in litert_outputs(name)[:count]]))


@pytest.mark.parametrize("name", datasets.MODELS)
def test_twenty_vectors_on_cortex_m4_equal_litert(name: str, shared: Path, need_tools: Callable[..., None]) -> None:
    check(name, "cortex-m4", MANY, need_tools)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", datasets.MODELS)
def test_three_vectors_on_every_other_target_equal_litert(
    name: str, target: str, shared: Path, need_tools: Callable[..., None]
) -> None:
    check(name, target, FEW, need_tools)


@pytest.mark.parametrize("target", ["cortex-m4", "cortex-m0"])
@pytest.mark.parametrize("name", ARENA)
def test_the_arena_is_no_larger_than_it_was_promised(name: str, target: str, shared: Path) -> None:
    plan = compiled(name, target).plan
    assert plan.lower_bound <= plan.arena <= ARENA[name]
    assert plan.total == plan.arena + plan.workspace


@pytest.mark.parametrize("name", datasets.MODELS)
def test_every_recorded_input_is_computed_exactly_on_the_host(
    name: str, shared: Path, need_tools: Callable[..., None]
) -> None:
    """The graph equals LiteRT on all of them (tests/models); the C equals the graph."""
    need_tools("gcc")
    graph = graph_of(name)
    recorded, labels = datasets.vectors(name)
    inputs = [recorded[i].reshape(graph.inputs[0].type.shape) for i in range(len(recorded))]
    report = verify_build(compiled(name, "host"), Vectors(tuple((v,) for v in inputs), labels))
    assert report.bit_exact and report.vectors == len(recorded)
    if name == "kws":
        # In three samples two classes share the highest score; argmax takes the first of them: 901, not 902.
        assert report.accuracy == pytest.approx(0.901)


def tampered(text: str, table: str) -> str:
    """The weights header with some values of one table changed, past the lengths at its start."""
    start = text.index("= {", text.index(f"{table}[")) + 3
    start += [value.end() for value in itertools.islice(re.finditer(r"-?\d+", text[start:]), 10)][-1]
    return text[:start] + re.sub(r"-?\d+", lambda m: "77" if m[0] != "77" else "78", text[start:], count=40)


def test_a_folder_with_tampered_weights_is_named_with_its_first_differing_node(
    shared: Path, tmp_path: Path, need_tools: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    folder = tmp_path / "kws"
    assert cli.main(["build", str(datasets.model_path("kws")), "--prefix", "kws", "-o", str(folder), "--json"]) == 0
    layers = json.loads(capsys.readouterr().out)["layers"]
    assert cli.main(["verify", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bit_exact"] is True
    victim = layers[4]["name"]
    path = folder / "kws_weights.h"
    table = re.search(rf"(kws_{victim}_\w+)\[\d{{3,}}\]", path.read_text())
    assert table
    path.write_text(tampered(path.read_text(), table[1]))
    assert cli.main(["verify", str(folder), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["mismatches"] > 0 and report["changed_files"] == ["kws_weights.h"]
    assert (report["first_difference"]["node"], report["first_difference"]["origin"]) == (victim, layers[4]["origin"])


def test_a_wrong_kernel_is_named_by_node_origin_element_and_values(
    shared: Path, need_tools: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    real = DepthwisePortable.lower

    def wrong(self: DepthwisePortable, *args: Any) -> Lowered:
        lowered = real(self, *args)
        tables = tuple(Table(t.name, t.values + 3000, t.align) if t.name == "bias" else t for t in lowered.tables)
        return replace(lowered, tables=tables)

    monkeypatch.setattr(DepthwisePortable, "lower", wrong)
    build = compile_model(graph_of("kws"), "cortex-m3", prefix="kws", selftest=False)
    report = verify_build(build, Vectors(tuple((sample,) for sample in samples("kws")[:2])))
    first = report.first
    assert report.mismatches > 0 and first is not None
    step = next(s for s in build.plan.steps if s.op.op_name == "depthwise_conv2d")
    assert (first.node, first.origin) == (step.name, str(step.op.origin))
    interpreter = Interpreter(build.graph)
    interpreter.run({build.graph.inputs[0].name: samples("kws")[first.vector]})
    assert first.index is not None
    assert interpreter.value(step.op).ravel()[first.index] == first.expected != first.got
