from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from edgegen import compile_model
from edgegen.errors import BudgetError, UnsupportedError
from edgegen.ir import Graph
from edgegen.ops.reshape import Reshape
from edgegen.planning.plan import ALIGN, Plan, plan
from edgegen.selection.candidates import Options, enumerate_graph
from edgegen.selection.choose import Choice, choose
from edgegen.target import load_target
from tests.graphs import add, conv2d, dense, graph, lut, network, source, two_by_two

SMALL = load_target("cortex-m3")


def choices(model: Graph) -> tuple[Choice, ...]:
    return choose(enumerate_graph(model, SMALL, Options()), Options(), SMALL)


def planned(model: Graph, ram: int | None = None) -> Plan:
    return plan(model, choices(model), ram)


def test_the_callers_buffers_are_used_in_place() -> None:
    steps = planned(two_by_two()).steps
    kinds = {(place.kind, place.index) for step in steps for place in (*step.inputs, step.output)}
    assert {("input", 0), ("input", 1), ("output", 0), ("output", 1)} <= kinds


def test_a_model_of_one_node_needs_no_arena() -> None:
    x = source((1, 8))
    found = planned(graph(dense(x, 4), x))
    assert (found.arena, found.total, found.workspace) == (0, 0, 0)


def test_an_elementwise_op_writes_over_an_operand_that_nobody_reads_again() -> None:
    x = source((1, 16))
    chain = lut(lut(lut(x)))
    steps = planned(graph(dense(chain, 3), x)).steps
    assert steps[1].inputs[0] == steps[1].output
    assert planned(graph(dense(chain, 3), x)).arena == 16


def test_an_operand_that_is_read_later_is_not_written_over() -> None:
    x = source((1, 16))
    first = lut(x)
    total = add(lut(first), first)
    steps = planned(graph(dense(total, 3), x)).steps
    assert steps[1].inputs[0] != steps[1].output


def test_an_elementwise_op_never_writes_over_the_callers_input() -> None:
    x = source((1, 16))
    steps = planned(graph(dense(lut(x), 3), x)).steps
    assert steps[0].inputs[0].kind == "input" and steps[0].output.kind == "arena"


def test_a_view_shares_the_storage_of_its_operand() -> None:
    x = source((1, 4, 4, 2))
    image = conv2d(x, 2)
    found = planned(graph(dense(Reshape(x=image, shape=(1, 32)), 3), x))
    assert found.steps[1].inputs[0] == found.steps[0].output
    assert found.arena == 32


def test_a_view_as_output_lets_its_operand_be_written_to_the_callers_buffer() -> None:
    x = source((1, 4, 4, 2))
    found = planned(graph(Reshape(x=conv2d(x, 2), shape=(1, 32)), x))
    assert [step.output.kind for step in found.steps] == ["output"]


def test_tensors_that_live_at_once_do_not_overlap() -> None:
    found = planned(network())
    for step in found.steps:
        spans = [
            (place.index, place.index + node.type.nbytes)
            for place, node in zip(step.inputs, step.op.data_operands, strict=True)
            if place.kind == "arena" and place != step.output
        ]
        if step.output.kind == "arena":
            spans.append((step.output.index, step.output.index + step.op.type.nbytes))
        spans.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_every_place_is_aligned_and_inside_the_arena() -> None:
    found = planned(network())
    for step in found.steps:
        if step.output.kind == "arena":
            assert step.output.index % ALIGN == 0
            assert step.output.index + step.op.type.nbytes <= found.arena


def test_the_arena_reaches_the_bound_that_no_placement_can_undercut() -> None:
    found = planned(network())
    assert found.lower_bound <= found.arena < found.lower_bound + ALIGN


def test_a_ram_budget_below_the_arena_names_the_largest_tensors() -> None:
    with pytest.raises(BudgetError, match=r"needs (\d+) bytes, the RAM budget is 50\. Largest: 128 bytes .*CONV_2D"):
        planned(network(), 50)


def test_an_output_that_is_an_input_or_twice_an_output_is_refused_with_all_such_outputs() -> None:
    x = source((1, 8))
    y = lut(x)
    twice = replace(graph((y, y), x), output_names=("a", "b"))
    with pytest.raises(UnsupportedError) as refused:
        planned(twice)
    assert [r.reason for r in refused.value.refusals] == ["is another output too"]
    with pytest.raises(UnsupportedError, match="is an input or constant"):
        planned(Graph("pass", (x,), (y, x), ("y", "x")))


def test_compiling_for_a_ram_budget_that_fits_keeps_within_it() -> None:
    free = compile_model(network(), SMALL).plan.total
    assert compile_model(network(), SMALL, Options(ram=free)).plan.total == free
