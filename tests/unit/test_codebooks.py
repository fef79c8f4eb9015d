"""Codes for several layers: made before the choice, offered where they can pay, stored once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.build import Build
from edgegen.choices import choices_json, choices_text
from edgegen.emit import blob
from edgegen.errors import FormatError
from edgegen.formats.base import registry
from edgegen.formats.ham import ValueCoded
from edgegen.formats.huffman import Code
from edgegen.ir import Array, Const, Graph, Op
from edgegen.kernels.fc_common import stored
from edgegen.ops.reshape import Reshape
from edgegen.pipeline import compile_model, random_inputs
from edgegen.report import build_json
from edgegen.selection.candidates import Candidate, Group, NodeCandidates, Options, enumerate_graph
from edgegen.selection.codebooks import clusters, offer_shared_codes
from edgegen.selection.problem import NODE_CODE, Problem, totals
from edgegen.target import load_target
from edgegen.verify.check import Vectors, verify_build
from tests.graphs import conv2d, dense, graph, source

M4 = load_target("cortex-m4")
#: of the chain below, without the layer that is unlike the others
ALIKE = ("n00_conv2d", "n01_conv2d", "n02_conv2d", "n03_fully_connected")


#: formats whose values have a code that layers may share
CODED = [found for found in registry().values() if isinstance(found, ValueCoded)]


def laplace(op: Any, width: float, seed: int, density: float = 1.0) -> Op:
    """The layer with weights whose distribution has this width, of which the given share is kept."""
    rng = np.random.default_rng(seed)
    values = rng.laplace(0, width, op.w.type.shape) * (rng.random(op.w.type.shape) < density)
    return replace(op, w=Const(value=np.clip(np.round(values), -127, 127).astype(np.int8)))  # type: ignore[no-any-return]


def chain(last: float = 9.0, density: float = 1.0) -> Graph:
    """Three convolutions and a dense layer with like weights; last: the width of those of one more convolution."""
    x = source((1, 6, 6, 8))
    first = laplace(conv2d(x, 16), 9.0, 1, density)
    second = laplace(conv2d(first, 16), 9.5, 2, density)
    third = laplace(conv2d(second, 16), 8.5, 3, density)
    rows = laplace(dense(Reshape(x=third, shape=(1, 576)), 32), 9.0, 4, density)
    end = laplace(conv2d(Reshape(x=rows, shape=(1, 1, 1, 32)), 128, 1, 1, 0), last, 5, density)
    return graph(end, x, name="net")


def offered(model: Graph, options: Options | None = None) -> tuple[NodeCandidates, ...]:
    options = options or Options("size")
    return offer_shared_codes(enumerate_graph(model, M4, options), options, M4)


def shared(node: NodeCandidates) -> list[Candidate]:
    return [way for way in node.candidates if way.group is not None]


# --- codes

MATRICES = st.lists(
    st.lists(st.lists(st.integers(-128, 127), min_size=4, max_size=4), min_size=1, max_size=6), min_size=1, max_size=5
)


@pytest.mark.parametrize("form", CODED, ids=lambda form: form.name)
@given(matrices=MATRICES)
def test_matrices_whose_values_are_in_a_code_of_all_of_them_come_back(
    matrices: list[list[list[int]]], form: ValueCoded
) -> None:
    layers: list[Array] = [np.asarray(rows, dtype=np.int8) for rows in matrices]
    code = Code.for_values(np.concatenate([form.coded(w) for w in layers]))
    tables = set()
    for w in layers:
        encoded = form.encode(w, code)
        np.testing.assert_array_equal(form.decode(encoded), w)
        tables |= {(t.name, t.content) for t in encoded.tables if t.name.startswith("value")}
    assert len(tables) == len({name for name, _ in tables})


@pytest.mark.parametrize("form", CODED, ids=lambda form: form.name)
def test_a_value_that_a_code_does_not_hold_is_refused(form: ValueCoded) -> None:
    code = Code.for_values(np.array([1, 2, 2, 3]))
    with pytest.raises(FormatError, match="no code for 7"):
        form.encode(np.array([[1, 7]]), code)


def test_a_format_without_a_code_of_values_takes_none() -> None:
    with pytest.raises(FormatError, match="bitmap has no code"):
        stored("bitmap", np.array([[1, 0]]), Code.for_values(np.array([0, 1])))


# --- groups


class Layer:
    """What clusters sees of a layer."""

    def __init__(self, node: int, counts: Array, price: int) -> None:
        self.node, self.counts, self.price = node, counts, price


def counts_of(width: float, size: int, seed: int) -> Array:
    values = np.clip(np.round(np.random.default_rng(seed).laplace(0, width, size)), -127, 127).astype(int)
    return np.bincount(values + 128, minlength=256)


def layers(*widths: float, price: int = 100, size: int = 2000) -> Any:
    return [Layer(n, counts_of(width, size, n), price) for n, width in enumerate(widths)]


def test_layers_of_one_distribution_are_one_cluster_and_others_their_own() -> None:
    found = clusters(layers(5.0, 60.0, 5.0, 60.0, 5.0))
    assert sorted(map(sorted, found)) == [[0, 2, 4], [1, 3]]


def test_nothing_is_merged_when_tables_cost_nothing_and_all_when_they_cost_much() -> None:
    assert len(clusters(layers(3.0, 9.0, 40.0, price=0))) == 3
    assert len(clusters(layers(3.0, 9.0, 40.0, price=10_000))) == 1


@given(st.lists(st.tuples(st.floats(1, 60), st.integers(20, 3000)), min_size=1, max_size=7), st.integers(0, 400))
def test_clusters_are_a_partition(found: list[tuple[float, int]], price: int) -> None:
    family: Any = [Layer(n, counts_of(width, size, n), price) for n, (width, size) in enumerate(found)]
    made = clusters(family)
    assert sorted(n for members in made for n in members) == list(range(len(found)))


def test_every_member_of_a_group_has_its_values_in_the_code() -> None:
    nodes = offered(chain())
    by_name = {node.name: node for node in nodes}
    groups = {way.group for node in nodes for way in shared(node)}
    assert groups
    for group in groups:
        assert group is not None and len(group.members) > 1
        for name in group.members:
            op: Any = by_name[name].op
            assert set(np.unique(op.w.value).tolist()) <= set(group.code.symbols)


def test_the_tables_of_a_shared_code_are_equal_in_every_layer_that_reads_them_alike() -> None:
    tables: dict[tuple[str, Group, str], set[bytes]] = {}
    for node in (*offered(chain()), *offered(chain(density=0.2))):
        for way in shared(node):
            assert way.group is not None
            for table in way.lowered.tables:
                if table.name.startswith(("value", "multi")):
                    key = way.kernel.name, way.group, table.name
                    tables.setdefault(key, set()).add(table.content)
    assert tables and all(len(contents) == 1 for contents in tables.values())


@pytest.mark.parametrize("form", CODED, ids=lambda form: form.name)
def test_a_layer_whose_own_code_is_cheaper_than_the_growth_of_its_stream_is_offered_none(form: ValueCoded) -> None:
    for node in offered(chain(40.0, 0.3)):
        for way in shared(node):
            if way.format != form.name:
                continue
            assert way.group is not None
            (own,) = [o for o in node.candidates if o.kernel is way.kernel and o.format == form.name and not o.group]
            code_tables = sum(t.nbytes for t in own.lowered.weight_tables if t.name.startswith(("value", "multi")))
            streams = [sum(t.nbytes for t in x.lowered.tables if t.name == "stream") for x in (way, own)]
            assert streams[0] - streams[1] <= code_tables


def test_a_layer_alone_gets_no_group() -> None:
    x = source((1, 64))
    assert not any(shared(node) for node in offered(graph(laplace(dense(x, 32), 5.0, 1), x)))


def test_speed_alone_has_no_use_for_shared_codes_but_a_budget_may() -> None:
    assert not any(shared(node) for node in offered(chain(), Options("speed")))
    assert any(shared(node) for node in offered(chain(), Options("speed", flash=20_000)))


def test_a_format_that_the_user_asks_for_is_the_only_one_offered() -> None:
    nodes = offered(chain(), Options("size", formats=(("n01_conv2d", "int8"),)))
    assert not shared(nodes[1]) and shared(nodes[0])


# --- builds


def forced(model: Graph, form: str = "ham", target: str = "cortex-m4", external: bool = False) -> Build:
    """The smallest build with every layer in this format."""
    to = load_target(target)
    options = Options("size", formats=tuple((node.name, form) for node in enumerate_graph(model, to, Options())))
    problem = Problem(offer_shared_codes(enumerate_graph(model, to, options), options, to), {})
    smallest = problem.solve(problem.flash, [])
    assert smallest is not None
    options = replace(options, flash=totals(smallest).flash + NODE_CODE * len(smallest))
    return compile_model(model, to, options, prefix="net", external=external, selftest=False)


def test_layers_with_like_weights_take_one_code_that_is_stored_once() -> None:
    build = forced(chain())
    groups = {c.node.name: c.chosen.group for c in build.choices}
    convolutions = [groups[name] for name in ALIKE[:3]]
    assert convolutions[0] is not None and len(set(convolutions)) == 1
    report = build_json(build)
    assert any(set(ALIKE[:3]) <= set(found["layers"]) for found in report["shared"])
    assert report["flash"]["weights"] == totals([c.chosen for c in build.choices]).constants == build.plan.constants
    own = [
        way
        for choice in build.choices
        for way in choice.node.candidates
        if way.kernel is choice.chosen.kernel and way.group is None
    ]
    assert len(own) == len(build.choices)
    assert report["flash"]["weights"] < totals(own).constants


def test_the_group_is_told_in_the_report_and_among_the_choices() -> None:
    build = forced(chain())
    layer = build_json(build)["layers"][0]
    assert layer["format"] == "ham" and "n01_conv2d" in layer["code"]["layers"]
    (chosen,) = [way for way in choices_json(build)["nodes"][0]["candidates"] if way["chosen"]]
    assert chosen["code"] == layer["code"]
    tables = build_json(build)["shared"]
    assert chosen["flash"] - chosen["adds"] >= sum(t["bytes"] for t in tables if "value" in t["name"]) > 0
    number = layer["code"]["group"]
    assert f"ham g{number}" in choices_text(choices_json(build))
    assert f"code of group {number} (n00, n01" in choices_json(build)["nodes"][0]["why"]


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("target", ["host", "cortex-m4", "cortex-m0"])
def test_networks_with_shared_codes_are_bit_exact(target: str, external: bool, need_tools: Callable[..., None]) -> None:
    need_tools("gcc", *(("arm-none-eabi-gcc", "qemu-system-arm") if target != "host" else ()))
    build = forced(chain(40.0), target=target, external=external)
    assert any(c.chosen.group is not None for c in build.choices)
    if external:
        packed = blob.pack(build.plan, build.graph.sha256)
        assert packed.sections[0].size >= sum(s.table.nbytes for s in build.plan.sharing.tables)
    rng = np.random.default_rng(3)
    report = verify_build(build, Vectors(tuple(random_inputs(build.graph, rng) for _ in range(4))))
    assert report.bit_exact, str(report.first)


@pytest.mark.parametrize("form", ["sham", "gap_sham"])
@pytest.mark.parametrize("target", ["host", "cortex-m4"])
def test_sparse_networks_with_shared_codes_are_bit_exact(
    target: str, form: str, need_tools: Callable[..., None]
) -> None:
    need_tools("gcc", *(("arm-none-eabi-gcc", "qemu-system-arm") if target != "host" else ()))
    build = forced(chain(density=0.2), form, target)
    assert sum(c.chosen.group is not None for c in build.choices) > 2
    assert any(found.name.split("_", 1)[1].startswith("value") for found in build.plan.sharing.tables)
    rng = np.random.default_rng(4)
    report = verify_build(build, Vectors(tuple(random_inputs(build.graph, rng) for _ in range(4))))
    assert report.bit_exact, str(report.first)
