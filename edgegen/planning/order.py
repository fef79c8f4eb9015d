"""In which order to execute a graph's ops, so that the tensors alive together take the fewest bytes.

The state of an execution is the set of ops done; what is alive follows from it. The smallest possible peak over all
orders is a minimax path from the empty set to the full one, found by a best-first search over these sets. Chains have
one order and cost nothing; a graph with so many parallel branches that the search would grow beyond a fixed number of
sets keeps its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from functools import cached_property

from edgegen.ir import Graph, Node, Op

#: sets of done ops that the search may visit: well under a second
LIMIT = 20_000

InPlace = Mapping[int, tuple[int, ...]]


def storage(node: Node) -> Node:
    """The node whose bytes `node` is: itself, or for a view what lies below it."""
    while isinstance(node, Op) and node.is_view:
        node = node.operands[0]
    return node


class _Costs:
    """Bytes alive before, during and after each op, as a function of the set of ops done (a bit mask)."""

    def __init__(self, graph: Graph, in_place: InPlace, workspace: Mapping[int, int]) -> None:
        self.graph, self.ops = graph, graph.ops
        self.in_place, self.workspace = in_place, workspace
        self.bit = {id(op): 1 << i for i, op in enumerate(self.ops)}
        self.full = (1 << len(self.ops)) - 1

    @cached_property
    def needs(self) -> list[int]:
        """For each op the mask of the ops that it reads."""
        return [sum(self.bit[key] for key in {id(n) for n in op.operands} if key in self.bit) for op in self.ops]

    @cached_property
    def readers(self) -> dict[int, int]:
        """id of a storage in the arena -> mask of the ops that read it, views included. Model outputs are not in it."""
        outputs = {id(storage(node)) for node in self.graph.outputs}
        found = {id(op): 0 for op in self.ops if not op.is_view and id(op) not in outputs}
        for i, op in enumerate(self.ops):
            for operand in op.operands:
                key = id(storage(operand))
                if key in found:
                    found[key] |= 1 << i
        return found

    @cached_property
    def live_items(self) -> list[tuple[int, int, int]]:
        """(bit of the op that writes it, mask of its readers, bytes) of each storage."""
        return [(self.bit[id(op)], self.readers[id(op)], op.type.nbytes) for op in self.ops if id(op) in self.readers]

    def live(self, done: int) -> int:
        """Bytes that are written and still to be read when the ops of `done` are done."""
        return sum(size for writer, readers, size in self.live_items if done & writer and readers & ~done)

    def during(self, index: int, done: int, live: int) -> int:
        """Bytes in use while op `index` runs after those of `done`, which left `live`."""
        op = self.ops[index]
        if op.is_view:
            return live
        result = op.type.nbytes if id(op) in self.readers else 0
        return live + result - self._shared(index, done, result) + self.workspace.get(id(op), 0)

    def _shared(self, index: int, done: int, result: int) -> int:
        """Bytes of the output that may lie in an operand which dies with this op."""
        op, best = self.ops[index], 0
        for position in self.in_place.get(id(op), ()):
            source = storage(op.data_operands[position])
            readers = self.readers.get(id(source))
            if readers is not None and not readers & ~(done | 1 << index):
                best = max(best, min(result, source.type.nbytes))
        return best

    def peak(self, order: tuple[Op, ...]) -> int:
        """Largest number of bytes in use when the ops run in this order."""
        done, top = 0, 0
        for op in order:
            index = self.bit[id(op)].bit_length() - 1
            top = max(top, self.during(index, done, self.live(done)))
            done |= 1 << index
        return top


def peak_bytes(
    graph: Graph,
    order: tuple[Op, ...],
    in_place: InPlace | None = None,
    workspace: Mapping[int, int] | None = None,
) -> int:
    """Largest sum of arena tensors (and workspace) in use while any op of `order` runs; a bound without alignment."""
    return _Costs(graph, in_place or {}, workspace or {}).peak(order)


def best_order(
    graph: Graph,
    in_place: InPlace | None = None,
    workspace: Mapping[int, int] | None = None,
    limit: int = LIMIT,
) -> tuple[Op, ...]:
    """The ops in an order with the smallest peak; graph.ops when no order is better or the search would exceed `limit`.

    in_place: id(op) -> indices into op.data_operands whose storage the output may share when they die with the op.
    workspace: id(op) -> bytes of scratch while it runs. Model inputs and outputs are the caller's memory and count
    nothing.
    """
    costs = _Costs(graph, in_place or {}, workspace or {})
    own = costs.peak(graph.ops)
    if own <= _floor(costs):
        return graph.ops
    found = _search(costs, own, limit)
    return tuple(costs.ops[index] for index in found) if found is not None else graph.ops


def _floor(costs: _Costs) -> int:
    """Bytes that every order needs at its largest op: its operands, its output and its workspace."""
    best = 0
    for index, op in enumerate(costs.ops):
        sources = {id(node): node.type.nbytes for node in map(storage, op.operands) if id(node) in costs.readers}
        everything = costs.full & ~(1 << index)
        best = max(best, costs.during(index, everything, sum(sources.values())))
    return best


def _search(costs: _Costs, own: int, limit: int) -> tuple[int, ...] | None:
    """Indices of the ops in the best order when its peak is below `own`, else None."""
    queue: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]
    best: dict[int, int] = {0: 0}
    came: dict[int, tuple[int, int]] = {}
    ticket = 0
    while queue:
        peak, _, _, done = heapq.heappop(queue)
        if peak > best[done]:
            continue
        if done == costs.full:
            return _path(came, done)
        live = costs.live(done)
        for index in _ready(costs, done):
            reached = max(peak, costs.during(index, done, live))
            after = done | 1 << index
            if reached < min(own, best.get(after, own)):
                best[after] = reached
                came[after] = (done, index)
                ticket += 1
                heapq.heappush(queue, (reached, -after.bit_count(), ticket, after))
        if len(best) > limit:
            return None
    return None


def _ready(costs: _Costs, done: int) -> list[int]:
    """Ops that can run next; a view costs nothing and hides nothing, so one that is ready runs alone."""
    ready = [i for i, needs in enumerate(costs.needs) if not done >> i & 1 and not needs & ~done]
    views = [i for i in ready if costs.ops[i].is_view]
    return views[:1] if views else ready


def _path(came: Mapping[int, tuple[int, int]], done: int) -> tuple[int, ...]:
    steps: list[int] = []
    while done:
        done, index = came[done]
        steps.append(index)
    return tuple(reversed(steps))
