"""Arena offsets and execution order."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from itertools import permutations
from typing import ClassVar

import numpy as np
import pytest

from edgegen.errors import GraphError, VerificationError
from edgegen.ir import Graph, Input, Node, Op, TensorType
from edgegen.ops.reshape import Reshape
from edgegen.planning.arena import Assignment, Buffer, assign, lower_bound, verify_assignment
from edgegen.planning.order import best_order, peak_bytes

#: how much longer Python may take while coverage watches every line
TRACED = 8.0 if sys.gettrace() else 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Join(Op):
    """An op with any operands and an output of `size` bytes."""

    op_name: ClassVar[str] = ""
    xs: tuple[Node, ...]
    size: int

    def infer(self) -> TensorType:
        return TensorType((self.size,), "int8")


def source(size: int = 4) -> Input:
    return Input(name="x", tensor=TensorType((size,), "int8"))


def graph_of(inputs: tuple[Input, ...], *outputs: Node) -> Graph:
    return Graph("g", inputs, outputs)


def test_a_chain_reaches_its_bound() -> None:
    sizes = [8000, 8000, 16000, 4, 9216, 100, 3000]
    result = assign([Buffer(f"t{i}", size, i, i + 1) for i, size in enumerate(sizes)])
    assert result.total == result.lower_bound == 24000
    assert result.optimal
    assert result.gap == 0.0


def test_no_buffers_need_no_arena() -> None:
    assert assign([]) == Assignment({}, 0, 0, "empty", True)


def test_an_empty_buffer_lies_at_zero() -> None:
    assert assign([Buffer("a", 0, 0, 3), Buffer("b", 5, 0, 3)]).offsets == {"a": 0, "b": 0}


def test_the_bound_counts_padding_of_all_but_one_buffer() -> None:
    # 5 and 6 bytes at multiples of 8: one of them is padded, the other may be the top.
    assert lower_bound([Buffer("a", 5, 0, 0, 8), Buffer("b", 6, 0, 0, 8)]) == 8 + 5
    assert assign([Buffer("a", 5, 0, 0, 8), Buffer("b", 6, 0, 0, 8)]).total == 13


def from_rows(rows: list[tuple[int, int, int]]) -> list[Buffer]:
    """Buffers of (size, first, last) without alignment."""
    return [Buffer(f"b{i}", size, first, last, 1) for i, (size, first, last) in enumerate(rows)]


def test_the_search_closes_the_gap_that_greedy_leaves() -> None:
    rows = [
        (2, 7, 8),
        (5, 5, 5),
        (3, 0, 1),
        (4, 4, 7),
        (4, 6, 9),
        (2, 3, 6),
        (3, 1, 3),
        (4, 2, 2),
        (4, 2, 4),
        (4, 2, 5),
    ]
    assert assign(from_rows(rows), budget=0).total == 16
    result = assign(from_rows(rows))
    assert (result.total, result.lower_bound, result.optimal) == (15, 15, True)


def test_a_gap_that_no_assignment_closes_is_proved() -> None:
    rows = [
        (3, 1, 1),
        (3, 5, 6),
        (1, 7, 9),
        (2, 0, 2),
        (3, 0, 1),
        (2, 2, 4),
        (4, 2, 3),
        (3, 0, 0),
        (5, 4, 7),
        (1, 3, 4),
    ]
    result = assign(from_rows(rows))
    assert (result.total, result.lower_bound, result.optimal) == (9, 8, True)
    assert result.gap == 1 / 8


def test_a_hundred_tensors_take_less_than_two_seconds() -> None:
    rng = np.random.default_rng(5)
    buffers = random_buffers(rng, 100)
    start = time.process_time()
    result = assign(buffers)
    assert time.process_time() - start < 2.0 * TRACED
    assert result.gap < 0.05


def test_five_hundred_tensors_stay_in_seconds() -> None:
    buffers = random_buffers(np.random.default_rng(6), 500)
    start = time.process_time()
    result = assign(buffers)
    assert time.process_time() - start < 10.0 * TRACED
    assert result.gap < 0.05


def random_buffers(rng: np.random.Generator, count: int) -> list[Buffer]:
    firsts = np.sort(rng.integers(0, count, count))
    return [
        Buffer(
            f"b{i}",
            int(rng.integers(1, 20000)),
            int(first),
            int(first + rng.integers(1, 6)),
            int(rng.choice([1, 4, 8])),
        )
        for i, first in enumerate(firsts)
    ]


def test_equal_input_gives_equal_output() -> None:
    buffers = random_buffers(np.random.default_rng(7), 60)
    assert assign(buffers) == assign(list(buffers))


def good() -> tuple[list[Buffer], Assignment]:
    buffers = [Buffer("a", 8, 0, 1), Buffer("b", 8, 1, 2), Buffer("c", 8, 2, 3)]
    return buffers, assign(buffers)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ({"b": 4}, "share bytes"),
        ({"b": 9}, "multiple of 4"),
        ({"b": 12}, "beyond the arena"),
        ({"b": -8}, "offset -8"),
    ],
)
def test_a_wrong_assignment_is_refused(offsets: dict[str, int], message: str) -> None:
    buffers, result = good()
    verify_assignment(buffers, result)
    broken = replace(result, offsets={"a": 0, "c": 0} | offsets)
    with pytest.raises(VerificationError, match=message):
        verify_assignment(buffers, broken)


def test_a_forgotten_buffer_is_refused() -> None:
    buffers, result = good()
    with pytest.raises(VerificationError, match="d has offset"):
        verify_assignment([*buffers, Buffer("d", 4, 9, 9)], result)


@pytest.mark.parametrize("bad", [Buffer("a", -1, 0, 0), Buffer("a", 1, 2, 1), Buffer("a", 1, 0, 0, 0)])
def test_a_malformed_buffer_is_refused(bad: Buffer) -> None:
    with pytest.raises(GraphError, match="must have"):
        assign([bad])


def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(GraphError, match="named a"):
        assign([Buffer("a", 1, 0, 0), Buffer("a", 2, 1, 1)])


def branches() -> tuple[Graph, list[Op]]:
    """Two branches from one input, each a large tensor that shrinks; depth-first order is not forced."""
    x = source()
    wide = [Join(xs=(x,), size=100), Join(xs=(x,), size=100)]
    thin = [Join(xs=(wide[0],), size=10), Join(xs=(wide[1],), size=10)]
    end = Join(xs=(thin[0], thin[1]), size=4)
    return graph_of((x,), end), [*wide, *thin, end]


def exhaustive_peak(graph: Graph, in_place: dict[int, tuple[int, ...]]) -> int:
    """The best peak over all permutations that respect the operands."""
    best = 1 << 30
    for order in permutations(graph.ops):
        position = {id(op): i for i, op in enumerate(order)}
        if all(position[id(x)] < position[id(op)] for op in order for x in op.operands if id(x) in position):
            best = min(best, peak_bytes(graph, order, in_place))
    return best


def test_branches_run_one_after_the_other() -> None:
    graph, ops = branches()
    both_wide_first = (ops[0], ops[1], ops[2], ops[3], ops[4])
    assert peak_bytes(graph, both_wide_first) == 210
    assert peak_bytes(graph, best_order(graph)) == 120 == exhaustive_peak(graph, {})


def test_a_chain_keeps_its_order() -> None:
    x = source()
    a = Join(xs=(x,), size=7)
    b = Join(xs=(a,), size=9)
    graph = graph_of((x,), Join(xs=(b,), size=3))
    assert best_order(graph) == graph.ops


def test_the_order_finds_the_best_of_random_graphs() -> None:
    rng = np.random.default_rng(11)
    improved = 0
    for _ in range(40):
        x = source()
        nodes: list[Node] = [x]
        for _ in range(6):
            picks = rng.choice(len(nodes), size=min(len(nodes), int(rng.integers(1, 3))), replace=False)
            nodes.append(Join(xs=tuple(nodes[p] for p in picks), size=int(rng.integers(1, 60))))
        used = {id(operand) for node in nodes for operand in node.operands}
        end = Join(xs=tuple(n for n in nodes[1:] if id(n) not in used), size=1)
        graph = graph_of((x,), end)
        in_place = {id(op): (0,) for op in graph.ops if isinstance(op.operands[0], Op) and rng.random() < 0.4}
        order = best_order(graph, in_place)
        assert sorted(map(id, order)) == sorted(map(id, graph.ops))
        assert peak_bytes(graph, order, in_place) == exhaustive_peak(graph, in_place)
        improved += order != graph.ops
    assert improved > 0


def test_workspace_counts_only_while_its_op_runs() -> None:
    x = source()
    a = Join(xs=(x,), size=10)
    b = Join(xs=(a,), size=20)
    graph = graph_of((x,), Join(xs=(b,), size=1))
    assert peak_bytes(graph, graph.ops) == 30
    assert peak_bytes(graph, graph.ops, workspace={id(a): 50}) == 60


def test_an_output_in_place_of_a_dying_operand_costs_nothing() -> None:
    x = source()
    a = Join(xs=(x,), size=10)
    b = Join(xs=(a,), size=10)
    graph = graph_of((x,), Join(xs=(b,), size=1))
    assert peak_bytes(graph, graph.ops, {id(b): (0,)}) == 10


def test_an_operand_that_is_still_read_cannot_be_overwritten() -> None:
    x = source()
    a = Join(xs=(x,), size=10)
    b = Join(xs=(a,), size=10)
    graph = graph_of((x,), Join(xs=(b, a), size=1))
    assert peak_bytes(graph, graph.ops, {id(b): (0,)}) == 20


def test_a_view_keeps_what_lies_below_it_alive() -> None:
    x = source()
    a = Join(xs=(x,), size=12)
    view = Reshape(x=a, shape=(3, 4))
    b = Join(xs=(a,), size=20)
    graph = graph_of((x,), Join(xs=(b, view), size=1))
    assert peak_bytes(graph, best_order(graph)) == 32


def test_a_search_beyond_its_limit_keeps_the_graphs_order() -> None:
    x = source()
    wide = [Join(xs=(x,), size=100 - i) for i in range(14)]
    thin = [Join(xs=(w,), size=i + 1) for i, w in enumerate(wide)]
    graph = graph_of((x,), Join(xs=tuple(wide[:1] + thin), size=1))
    assert best_order(graph, limit=10) == graph.ops
