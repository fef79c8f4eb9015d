from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.errors import BudgetError, UnsupportedError, UsageError
from edgegen.kernels.base import Function, Lowered, Param
from edgegen.selection.candidates import Candidate, NodeCandidates, Options, enumerate_graph
from edgegen.selection.choose import choose
from edgegen.selection.problem import NODE_CODE, totals
from edgegen.target import load_target
from tests.graphs import dense, graph, lut, network, source

SMALL = load_target("cortex-m3")


class Named:
    """Stands for a kernel: selection only shows its name."""

    def __init__(self, name: str) -> None:
        self.name = name


def candidate(
    flash: int, instructions: float, code: int = 0, workspace: int = 0, function: str = "", form: str = "int8"
) -> Candidate:
    """A way to execute a node that costs what is said; equal function names share their code."""
    params = tuple(Param(f"p{i}", "int32_t", 0) for i in range(flash // 4))
    shared = Function(function or f"f{flash}_{instructions}_{form}", "t", code_bytes=code)
    lowered = Lowered(shared, params, workspace=workspace, instructions=instructions)
    assert lowered.flash == flash
    named: Any = Named("k")
    return Candidate(named, form, lowered)


def node(*ways: Candidate, name: str = "n00_test") -> NodeCandidates:
    return NodeCandidates(lut(source((1, 4))), name, ways)


def chosen(nodes: tuple[NodeCandidates, ...], options: Options) -> list[Candidate]:
    return [choice.chosen for choice in choose(nodes, options, SMALL)]


def test_size_takes_the_fewest_bytes_and_speed_the_fewest_instructions() -> None:
    nodes = (node(candidate(400, 10.0), candidate(100, 900.0)),)
    assert chosen(nodes, Options("size"))[0].lowered.flash == 100
    assert chosen(nodes, Options("speed"))[0].lowered.flash == 400


def test_size_pays_five_percent_of_flash_for_half_the_instructions_and_no_more() -> None:
    least = candidate(10_000, 1000.0)
    assert chosen((node(least, candidate(10_496, 500.0)),), Options("size"))[0] is not least
    assert chosen((node(least, candidate(10_504, 500.0)),), Options("size"))[0] is least
    assert chosen((node(least, candidate(10_496, 600.0)),), Options("size"))[0] is least
    assert chosen((node(least, candidate(12_000, 62.5)),), Options("size"))[0] is not least


@pytest.mark.parametrize("optimize", ["size", "balanced"])
def test_workspace_beyond_what_tensors_leave_free_counts_like_flash(optimize: str) -> None:
    lean, hungry = candidate(1000, 100.0), candidate(800, 100.0, workspace=500)
    nodes = (node(lean, hungry), node(lean, hungry, name="n01_test"))
    for spare, picked in ((None, [hungry, hungry]), (300, [hungry, hungry]), (50, [lean, lean])):
        room = None if spare is None else {0: spare, 1: spare}
        found = choose(nodes, Options(optimize), SMALL, spare=room)
        assert [choice.chosen for choice in found] == picked, spare
    # the most of all nodes counts, not the sum: what one node needs, the other has for nothing
    found = choose(nodes, Options(optimize), SMALL, spare={0: 120, 1: 120})
    assert [choice.chosen for choice in found] == [hungry, hungry]


def test_balanced_is_never_worse_than_dense_in_bytes_or_instructions() -> None:
    dense_way = candidate(400, 100.0)
    small_slow = candidate(40, 400.0, form="ham")
    small = candidate(200, 90.0, form="csr")
    assert chosen((node(dense_way, small_slow, small),), Options("balanced")) == [small]
    assert chosen((node(dense_way, small_slow),), Options("balanced")) == [dense_way]


def test_code_that_nodes_share_counts_once() -> None:
    own = [candidate(200, 5.0, 150, function=f"own{i}") for i in (0, 1)]
    both = [node(candidate(100, 5.0, 300, function="big"), way) for way in own]
    picked = chosen(tuple(both), Options("size"))
    assert [c.lowered.function.symbol for c in picked] == ["big", "big"]
    assert totals(picked).flash == 500


def test_a_flash_budget_is_met_at_the_least_cost_in_speed() -> None:
    nodes = tuple(node(candidate(400, 10.0), candidate(100, 10.0 * (i + 2)), name=f"n{i}") for i in range(3))
    picked = chosen(nodes, Options("speed", flash=900 + 3 * NODE_CODE))
    assert totals(picked).flash <= 900
    assert [c.lowered.flash for c in picked] == [100, 400, 400]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 50), st.integers(1, 99)), min_size=1, max_size=3), min_size=1, max_size=4
    ),
    st.integers(50, 700),
)
def test_the_choice_is_the_best_of_all_by_exhaustion(costs: list[list[tuple[int, int]]], budget: int) -> None:
    nodes = tuple(node(*(candidate(4 * f, float(i)) for f, i in ways)) for ways in costs)
    every = [list(ways) for ways in itertools.product(*(n.candidates for n in nodes))]
    fitting = [totals(ways).instructions for ways in every if totals(ways).flash <= budget]
    asked = budget + NODE_CODE * len(nodes)
    if fitting:
        assert totals(chosen(nodes, Options("speed", flash=asked))).instructions == min(fitting)
    else:
        with pytest.raises(BudgetError, match=rf"asked {asked}, smallest reachable"):
            choose(nodes, Options("speed", flash=asked), SMALL)


def test_a_workspace_that_does_not_fit_its_step_is_not_chosen() -> None:
    nodes = (node(candidate(4, 1.0, workspace=1000), candidate(4, 9.0)),)
    assert choose(nodes, Options("speed"), SMALL, {0: 500})[0].chosen.lowered.workspace == 0


def test_impossible_budgets_name_what_is_reachable_and_the_layers_that_block() -> None:
    nodes = (node(candidate(400, 10.0), candidate(100, 900.0), name="n00_big"), node(candidate(8, 5.0)))
    with pytest.raises(
        BudgetError, match=rf"asked 50, smallest reachable {108 + 2 * NODE_CODE} bytes \(n00_big 100 bytes"
    ):
        choose(nodes, Options(flash=50), SMALL)
    with pytest.raises(BudgetError, match=r"asked 3, fewest 22 \(n00_big 15"):
        choose(nodes, Options(cycles=3), SMALL)


def test_every_node_that_runs_has_candidates_with_costs() -> None:
    nodes = enumerate_graph(network(), SMALL, Options())
    assert [n.name for n in nodes] == [f"n{i:02d}_{n.op.op_name}" for i, n in enumerate(nodes)]
    assert all(c.lowered.instructions > 0 and c.lowered.function.code_bytes > 0 for n in nodes for c in n.candidates)


def test_what_is_not_possible_is_kept_with_its_reason() -> None:
    nodes = enumerate_graph(network(), SMALL, Options())
    reasons = [r.reason for n in nodes for r in n.rejections]
    assert reasons and all(len(reason) > 5 for reason in reasons)


def test_an_override_leaves_one_format_and_names_must_exist() -> None:
    x = source((1, 8))
    model = graph(dense(x, 4), x)
    name = enumerate_graph(model, SMALL, Options())[0].name
    only = enumerate_graph(model, SMALL, Options(formats=((name, "int8"),), kernels=((name, "portable"),)))
    assert {(c.kernel.name, c.format) for c in only[0].candidates} == {("portable", "int8")}
    with pytest.raises(UsageError, match=name):
        enumerate_graph(model, SMALL, Options(formats=(("n99_x", "int8"),)))


def test_a_kernel_or_format_that_the_op_does_not_have_is_a_usage_error_that_lists_those_it_has() -> None:
    x = source((1, 8))
    model = graph(lut(dense(x, 4)), x)
    forced = Options(formats=(("n00_fully_connected", "winograd23"),))
    with pytest.raises(
        UsageError, match=r"^--format n00_fully_connected=winograd23: .*packed \(int4, int2\).*portable \(int8\)"
    ):
        enumerate_graph(model, SMALL, forced)
    both = Options(formats=(("n00_fully_connected", "ham"),), kernels=(("n00_fully_connected", "packed"),))
    with pytest.raises(UsageError, match="--kernel n00_fully_connected=packed --format n00_fully_connected=ham: "):
        enumerate_graph(model, SMALL, both)
    with pytest.raises(UsageError, match=r"lut has no such kernel; .*portable \(-\)"):
        enumerate_graph(model, SMALL, Options(kernels=(("n01_lut", "packed"),)))


def test_all_nodes_without_a_kernel_are_refused_in_one_list() -> None:
    x = source((70000, 2))
    big = lut(x)
    wide = dense(source((1, 40000)), 1)
    model = replace(graph((wide, big), x), inputs=(x, wide.operands[0]))  # type: ignore[arg-type]
    forced = Options(formats=(("n00_fully_connected", "int2"),), kernels=(("n00_fully_connected", "packed"),))
    with pytest.raises(UnsupportedError) as refused:
        enumerate_graph(model, SMALL, forced)
    assert any("n00_fully_connected" in r.node for r in refused.value.refusals)


def test_speed_spends_at_most_one_and_a_half_bytes_a_weight() -> None:
    op = dense(source((1, 100)), 1)
    ways = [replace_weights(candidate(4 * w, i), w) for w, i in ((100, 10.0), (150, 5.0), (200, 1.0))]
    picked = choose((NodeCandidates(op, "n00_fully_connected", tuple(ways)),), Options("speed"), SMALL)
    assert picked[0].chosen.lowered.weight_bytes == 150


def replace_weights(way: Candidate, count: int) -> Candidate:
    return replace(way, lowered=replace(way.lowered, weight_bytes=count))


def test_a_cycle_budget_needs_a_target_with_a_cycle_model() -> None:
    with pytest.raises(UsageError, match="no cycle model"):
        choose((node(candidate(4, 1.0)),), Options(cycles=10), load_target("rv32imc"))
