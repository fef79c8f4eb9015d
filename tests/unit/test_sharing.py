"""Equal tables of different nodes are stored once, in C and in the external file, and counted once everywhere."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.build import Build
from edgegen.emit import blob
from edgegen.formats.base import Table
from edgegen.ir import Graph
from edgegen.kernels.base import Function, Lowered, params_bytes
from edgegen.pipeline import compile_model
from edgegen.report import build_json
from edgegen.selection.candidates import Candidate, NodeCandidates, Options
from edgegen.selection.choose import choose
from edgegen.selection.problem import NODE_CODE, totals
from edgegen.sharing import SHARED_BYTES, share
from edgegen.target import load_target
from tests import emitted
from tests.graphs import dense, graph, lut, network, source

TARGET = load_target("cortex-m4")


def lowered(*tables: Table, instructions: float = 1.0, function: str = "f", code: int = 0) -> Lowered:
    return Lowered(Function(function, "t", code_bytes=code), (), tables, instructions=instructions)


def table(name: str, size: int, fill: int = 0, dtype: str = "uint8", align: int = 4) -> Table:
    return Table(name, np.full(size, fill, dtype=dtype), align)


def twice() -> Graph:
    """Two layers with the same weights, bias and requantization."""
    x = source((1, 12))
    return graph(dense(dense(x, 12), 12), x, name="net")


#: the portable kernel of dense weights for both layers of twice()
BOTH = ("n00_fully_connected", "n01_fully_connected")
PORTABLE = Options(kernels=tuple((n, "portable") for n in BOTH), formats=tuple((n, "int8") for n in BOTH))


def test_tables_are_equal_when_type_alignment_and_entries_are() -> None:
    first = table("a", 32, 5)
    assert share([("n0", lowered(first)), ("n1", lowered(table("b", 32, 5)))]).tables[0].name == "shared0_a"
    for other in (
        table("a", 32, 6),
        table("a", 33, 5),
        table("a", 32, 5, "int8"),
        table("a", 32, 5, align=8),
        Table("a", np.full(16, 0x0505, dtype=np.uint16)),
    ):
        assert share([("n0", lowered(first)), ("n1", lowered(other))]).tables == ()


def test_small_tables_stay_with_their_nodes() -> None:
    for size, count in ((SHARED_BYTES - 1, 0), (SHARED_BYTES, 1)):
        nodes = [(name, lowered(table("t", size))) for name in ("n0", "n1")]
        assert len(share(nodes).tables) == count


def test_a_shared_table_counts_in_its_first_node() -> None:
    nodes = [
        ("n0", lowered(table("own", 100, 1), table("code", 30, 2))),
        ("n1", lowered(table("symbols", 30, 2))),
        ("n2", lowered(table("code", 30, 2), table("again", 30, 2))),
    ]
    sharing = share(nodes)
    assert [(s.name, s.users) for s in sharing.tables] == [("shared0_code", ("n0", "n1", "n2"))]
    assert [sharing.flash(name, node) for name, node in nodes] == [132, 0, 0]
    assert [sharing.weight_bytes(name, node) for name, node in nodes] == [0, 0, 0]


def test_weights_are_counted_once_and_other_tables_are_no_weights() -> None:
    tables = (table("code", 30, 2), table("stream", 50, 3), table("bias", 40, 4))
    first, second = (
        Lowered(Function("f", "t"), (), tables, weight_bytes=80),
        Lowered(Function("f", "t"), (), (tables[0], table("stream", 60, 5), tables[2]), weight_bytes=90),
    )
    assert first.weight_tables == tables[:2]
    sharing = share([("n0", first), ("n1", second)])
    assert [sharing.weight_bytes("n0", first), sharing.weight_bytes("n1", second)] == [80, 60]
    assert [sharing.flash("n0", first), sharing.flash("n1", second)] == [32 + 52 + 40, 60]
    assert sharing.table("n0", "own") is None


def test_equal_tables_of_layers_are_one_array_that_both_read() -> None:
    build = compile_model(twice(), TARGET, PORTABLE, prefix="net")
    names = list(emitted.arrays(build))
    assert len([n for n in names if n.endswith("_bias")]) == 1
    assert all(n.startswith("net_shared") for n in names if "bias" in n)
    source_text = build.files["net.c"].decode()
    bias = next(n for n in names if n.endswith("_bias"))
    assert source_text.count(f"{bias},") == 2
    assert "/* shared by n00_fully_connected, n01_fully_connected */" in build.files["net_weights.h"].decode()


@pytest.mark.parametrize("optimize", ["size", "speed", "balanced"])
@pytest.mark.parametrize("model", [twice(), network(), network("few"), network("zeros")], ids=lambda g: g.name)
def test_predicted_constants_are_those_of_the_generated_c(model: Graph, optimize: str) -> None:
    build = compile_model(model, TARGET, Options(optimize), prefix="net", selftest=False)
    report = build_json(build)
    predicted = totals([choice.chosen for choice in build.choices]).constants
    assert predicted == emitted.constants(build) == report["flash"]["weights"] == build.plan.constants
    assert sum(layer["flash"] for layer in report["layers"]) == predicted
    assert f"flash   {predicted} bytes of constants" in build.files["net.h"].decode()


def test_the_report_lists_shared_tables_with_their_layers() -> None:
    build = compile_model(twice(), TARGET, PORTABLE, prefix="net")
    report = build_json(build)
    assert report["shared"] and all(found["layers"] == list(BOTH) for found in report["shared"])
    first, second = report["layers"]
    assert first["flash"] - second["flash"] == sum(found["bytes"] for found in report["shared"])


def test_the_external_file_has_a_section_of_shared_tables_before_those_of_the_nodes() -> None:
    x = source((1, 12))
    last = dense(dense(dense(x, 12), 12), 5, seed=9)
    build = compile_model(graph(last, x), TARGET, prefix="net", external=True)
    packed = blob.pack(build.plan, build.graph.sha256)
    sharing = build.plan.sharing
    own = [
        step.name
        for step in build.plan.steps
        if any(sharing.table(step.name, t.name) is None for t in step.choice.chosen.lowered.tables)
    ]
    assert len(packed.sections) == 1 + len(own)
    assert packed.sections[0].size == sum((s.table.nbytes + 7) // 8 * 8 for s in sharing.tables)
    for step in build.plan.steps:
        for found in step.choice.chosen.lowered.tables:
            start = packed.offsets[step.name, found.name]
            assert packed.data[start : start + found.nbytes] == found.values.tobytes()
    assert len(packed.data) < sum(t.nbytes + 8 for s in build.plan.steps for t in s.choice.chosen.lowered.tables)


def test_a_layer_whose_tables_are_all_shared_has_no_section_of_its_own() -> None:
    build = compile_model(twice(), TARGET, PORTABLE, prefix="net", external=True)
    assert build.plan.sharing.flash(*_named(build, 1)) < SHARED_BYTES + params_bytes(_named(build, 1)[1].params)
    assert len(blob.pack(build.plan, build.graph.sha256).sections) <= 3


def _named(build: Build, index: int) -> tuple[str, Lowered]:
    step = build.plan.steps[index]
    return step.name, step.choice.chosen.lowered


def test_output_with_shared_tables_is_a_function_of_the_input() -> None:
    first, second = (compile_model(network("few"), TARGET, prefix="net").files for _ in range(2))
    assert first == second


# --- selection


class Named:
    """Stands for a kernel: selection only shows its name."""

    name = "k"


def way(*tables: Table, instructions: float = 1.0) -> Candidate:
    kernel: Any = Named()
    return Candidate(kernel, "int8", lowered(*tables, instructions=instructions))


def node(*ways: Candidate, name: str = "n00") -> NodeCandidates:
    return NodeCandidates(lut(source((1, 4))), name, ways)


def test_a_table_that_two_layers_can_share_is_chosen_when_both_use_it() -> None:
    nodes = tuple(
        node(way(table("own", 120, i)), way(table("code", 100, 9), table("stream", 50, i)), name=f"n{i}")
        for i in (1, 2)
    )
    chosen = [c.chosen for c in choose(nodes, Options("size"), TARGET)]
    assert totals(chosen).constants == 100 + 2 * 52
    alone = choose(nodes[:1], Options("size"), TARGET)[0].chosen
    assert totals([alone]).constants == 120


@given(
    st.lists(
        st.lists(
            st.tuples(st.lists(st.integers(0, 4), max_size=3), st.integers(0, 9), st.integers(1, 99)),
            min_size=1,
            max_size=3,
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 400),
)
def test_the_choice_with_shared_tables_is_the_best_of_all_by_exhaustion(
    ways: list[list[tuple[list[int], int, int]]], budget: int
) -> None:
    """Every candidate has tables from a common pool, and one of its own."""
    nodes = tuple(
        node(
            *(
                way(
                    *(table(f"t{t}", 20 + 4 * fill, fill) for t, fill in enumerate(pool)),
                    table("own", 4 * own, 100 + 10 * n + k),
                    instructions=float(cost),
                )
                for k, (pool, own, cost) in enumerate(several)
            ),
            name=f"n{n}",
        )
        for n, several in enumerate(ways)
    )
    every = [list(picked) for picked in itertools.product(*(n.candidates for n in nodes))]
    fitting = [totals(picked) for picked in every if totals(picked).flash <= budget]
    if fitting:
        chosen = [c.chosen for c in choose(nodes, Options("speed", flash=budget + NODE_CODE * len(nodes)), TARGET)]
        assert totals(chosen).flash <= budget
        assert totals(chosen).instructions == min(t.instructions for t in fitting)
