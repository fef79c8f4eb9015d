"""Arena assignment on random lifetimes, against brute force."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from edgegen.planning.arena import Assignment, Buffer, Problem, assign, lower_bound

ROWS = st.tuples(st.integers(0, 40), st.integers(0, 12), st.integers(0, 6), st.sampled_from([1, 2, 4, 8]))
LISTS = st.lists(ROWS, max_size=24)
TINY_ROWS = st.tuples(st.integers(1, 6), st.integers(0, 5), st.integers(0, 3), st.sampled_from([1, 1, 2]))
TINY = st.lists(TINY_ROWS, max_size=6)


def buffers_of(rows: list[tuple[int, int, int, int]]) -> list[Buffer]:
    return [Buffer(f"b{i}", size, first, first + life, align) for i, (size, first, life, align) in enumerate(rows)]


def bytes_at(buffer: Buffer, result: Assignment) -> set[int]:
    offset = result.offsets[buffer.name]
    return set(range(offset, offset + buffer.size))


@given(LISTS)
def test_no_two_live_buffers_share_a_byte(rows: list[tuple[int, int, int, int]]) -> None:
    buffers = buffers_of(rows)
    result = assign(buffers, budget=20_000)
    for step in range(20):
        live = [bytes_at(b, result) for b in buffers if b.first <= step <= b.last]
        assert sum(map(len, live)) == len(set().union(*live))
    assert all(result.offsets[b.name] % b.align == 0 for b in buffers)
    assert all(place < result.total for b in buffers for place in bytes_at(b, result))


@given(LISTS)
def test_the_total_never_undercuts_the_bound(rows: list[tuple[int, int, int, int]]) -> None:
    buffers = buffers_of(rows)
    result = assign(buffers, budget=20_000)
    sums = [sum(b.size for b in buffers if b.first <= step <= b.last) for step in range(20)]
    assert max(sums) <= lower_bound(buffers) == result.lower_bound <= result.total
    assert result.total > result.lower_bound or result.optimal


@given(TINY)
def test_tiny_cases_equal_the_exhaustive_search(rows: list[tuple[int, int, int, int]]) -> None:
    buffers = buffers_of(rows)
    problem = Problem(buffers)
    # Placing in order of offset at the lowest free place gives every normalised assignment, so all orders hold the
    # best.
    every = [problem.total(problem.place(order, best_fit=False)) for order in permutations(range(len(buffers)))]
    result = assign(buffers)
    assert result.optimal
    assert result.total == min(every)
