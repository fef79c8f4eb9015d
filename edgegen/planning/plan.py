"""The plan: in which order nodes run and where every tensor and workspace lies.

Tensors that nobody outside sees live in one arena. A caller's inputs and outputs are used in place. Views (Reshape)
share their operand's storage; an op whose kernel allows it writes over an operand that nobody reads again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from edgegen.errors import BudgetError, Refusal, UnsupportedError
from edgegen.ir import Const, Graph, Input, Node, Op
from edgegen.planning.arena import Assignment, Buffer, assign, verify_assignment
from edgegen.selection.choose import Choice
from edgegen.sharing import Sharing, share

#: alignment of tensors and workspaces in the arena, bytes
ALIGN = 8


@dataclass(frozen=True)
class Place:
    """Where a tensor lies: kind "input" or "output" with its index, or "arena" with a byte offset."""

    kind: str
    index: int


@dataclass(frozen=True, eq=False)
class Step:
    """One node at run time."""

    index: int
    choice: Choice
    inputs: tuple[Place, ...]
    output: Place
    workspace: int | None

    @property
    def op(self) -> Op:
        return self.choice.node.op

    @property
    def name(self) -> str:
        return self.choice.node.name


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps in execution order, and the arena.

    arena: bytes of the tensors alone, as placed without workspaces; total: bytes with workspaces; lower_bound: the
    bytes that no placement of the tensors can undercut.
    """

    steps: tuple[Step, ...]
    arena: int
    total: int
    lower_bound: int
    method: str

    @property
    def workspace(self) -> int:
        """Bytes that workspaces add to the tensors."""
        return self.total - self.arena

    @cached_property
    def sharing(self) -> Sharing:
        """Tables that several steps read; they are stored once."""
        return share([(step.name, step.choice.chosen.lowered) for step in self.steps])

    @property
    def constants(self) -> int:
        """Bytes of all constants: tables, each once, and parameters."""
        return sum(self.sharing.flash(step.name, step.choice.chosen.lowered) for step in self.steps)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the tables that hold weights, each once."""
        return sum(self.sharing.weight_bytes(step.name, step.choice.chosen.lowered) for step in self.steps)


class _Storage:
    """Groups of values that share bytes, each with its life in steps."""

    def __init__(self, graph: Graph, choices: Sequence[Choice]) -> None:
        self.graph = graph
        self.steps = {id(choice.node.op): index for index, choice in enumerate(choices)}
        self.root: dict[int, int] = {}
        self.nodes = {id(node): node for node in graph.nodes}
        self.outputs = self._outputs()
        self.life: dict[int, tuple[int, int]] = {}
        self._lives()
        for choice in choices:
            self._share(choice)

    def find(self, node: Node) -> int:
        """id of the value whose storage the node's value has."""
        key = id(node)
        while key in self.root:
            key = self.root[key]
        return key

    def _outputs(self) -> dict[int, int]:
        """storage id -> output index; also links views to their operands."""
        for op in self.graph.ops:
            if op.is_view:
                self.root[id(op)] = id(op.operands[0])
        outputs: dict[int, int] = {}
        refusals = []
        for index, node in enumerate(self.graph.outputs):
            key = self.find(node)
            if key in outputs or isinstance(self.nodes[key], Input | Const):
                why = "is another output too" if key in outputs else "is an input or constant of the model"
                refusals.append(Refusal(f"output {index} ({node.origin})", why, "Drop this output from the model"))
            outputs[key] = index
        if refusals:
            raise UnsupportedError(self.graph.source, refusals)
        return outputs

    def _lives(self) -> None:
        for op in self.graph.ops:
            if op.is_view:
                continue
            step = self.steps[id(op)]
            first, last = self.life.get(id(op), (step, step))
            self.life[id(op)] = (min(first, step), max(last, step))
            for operand in op.data_operands:
                key = self.find(operand)
                first, last = self.life.get(key, (step, step))
                self.life[key] = (first, max(last, step))

    def is_arena(self, key: int) -> bool:
        return key not in self.outputs and not isinstance(self.nodes[key], Input)

    def _share(self, choice: Choice) -> None:
        """Let the output take over an operand's storage where the kernel allows it and nobody reads it later."""
        op = choice.node.op
        step = self.steps[id(op)]
        for index in choice.chosen.kernel.in_place(op):
            operand = op.data_operands[index]
            key = self.find(operand)
            used_once = sum(self.find(other) == key for other in op.data_operands) == 1
            same = operand.type.nbytes == op.type.nbytes
            if self.is_arena(key) and self.is_arena(id(op)) and used_once and same and self.life[key][1] == step:
                self.root[id(op)] = key
                self.life[key] = (self.life[key][0], self.life.pop(id(op))[1])
                return


def _place(storage: _Storage, node: Node, offsets: dict[int, int], inputs: dict[int, int]) -> Place:
    key = storage.find(node)
    if key in storage.outputs:
        return Place("output", storage.outputs[key])
    if key in inputs:
        return Place("input", inputs[key])
    return Place("arena", offsets[key])


def _assign(buffers: Sequence[Buffer]) -> Assignment:
    assignment = assign(buffers)
    verify_assignment(buffers, assignment)
    return assignment


def plan(graph: Graph, choices: Sequence[Choice], ram: int | None = None) -> Plan:
    """Place everything. ram: budget in bytes of the arena with workspaces.

    Raises BudgetError listing the largest tensors when the budget is missed.
    """
    storage = _Storage(graph, choices)
    names = {key: f"t{number}" for number, key in enumerate(storage.life)}
    tensors = [
        Buffer(names[key], _size(storage, key), first, last, ALIGN)
        for key, (first, last) in storage.life.items()
        if storage.is_arena(key)
    ]
    works = [
        Buffer(f"w{step}", choice.chosen.lowered.workspace, step, step, ALIGN)
        for step, choice in enumerate(choices)
        if choice.chosen.lowered.workspace
    ]
    alone = _assign(tensors)
    joint = _assign([*tensors, *works]) if works else alone
    total, arena = (-(-found.total // ALIGN) * ALIGN for found in (joint, alone))
    if ram is not None and total > ram:
        raise BudgetError(_over(ram, total, tensors, works, storage, names, choices))
    offsets = {key: joint.offsets[name] for key, name in names.items() if name in joint.offsets}
    inputs = {id(node): index for index, node in enumerate(graph.inputs)}
    steps = tuple(
        Step(
            step,
            choice,
            tuple(_place(storage, operand, offsets, inputs) for operand in choice.node.op.data_operands),
            _place(storage, choice.node.op, offsets, inputs),
            joint.offsets.get(f"w{step}"),
        )
        for step, choice in enumerate(choices)
    )
    return Plan(steps, arena, max(total, arena), alone.lower_bound, joint.method)


def _size(storage: _Storage, key: int) -> int:
    return storage.nodes[key].type.nbytes


def _over(
    ram: int,
    total: int,
    tensors: Sequence[Buffer],
    works: Sequence[Buffer],
    storage: _Storage,
    names: dict[int, str],
    choices: Sequence[Choice],
) -> str:
    origin = {name: str(storage.nodes[key].origin) for key, name in names.items()}
    largest = sorted(tensors, key=lambda b: -b.size)[:3]
    items = [f"{b.size} bytes for the output of {origin[b.name]}" for b in largest]
    if works:
        work = max(works, key=lambda b: b.size)
        items.append(f"{work.size} bytes of workspace for {choices[work.first].node.name}")
    return f"the arena needs {total} bytes, the RAM budget is {ram}. Largest: {'; '.join(items)}"


def live_bytes(graph: Graph, choices: Sequence[Choice]) -> dict[int, int]:
    """step -> bytes of the tensors in the arena that are alive while it runs."""
    storage = _Storage(graph, choices)
    return {
        step: sum(
            (_size(storage, key) + ALIGN - 1) // ALIGN * ALIGN
            for key, (first, last) in storage.life.items()
            if storage.is_arena(key) and first <= step <= last
        )
        for step in range(len(choices))
    }


def workspace_room(graph: Graph, choices: Sequence[Choice], ram: int | None = None) -> dict[int, int]:
    """step -> bytes of workspace that fit beside the live tensors, whatever the kernels.

    ram: budget of both; by default what the tensors alone need at their peak.
    """
    live = live_bytes(graph, choices)
    most = max(live.values(), default=0) if ram is None else ram
    return {step: most - size for step, size in live.items()}
