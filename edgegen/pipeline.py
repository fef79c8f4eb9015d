"""The stages as one readable function: graph -> integer graph -> choices -> plan -> files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np

from edgegen.build import Build, TestVectors
from edgegen.emit.cnames import checked_prefix, prefix_from
from edgegen.emit.render import Emission, render
from edgegen.errors import BudgetError
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Graph
from edgegen.passes import PASSES
from edgegen.planning.plan import Plan, plan, workspace_room
from edgegen.record import record_files
from edgegen.selection.candidates import NodeCandidates, Options, enumerate_graph
from edgegen.selection.choose import Choice, choose
from edgegen.selection.codebooks import offer_shared_codes
from edgegen.target import Target, load_target
from edgegen.verifier import verify_integer, verify_structure

#: at most this many bytes of inputs and outputs go into the self-test
SELFTEST_BYTES = 65536
SELFTEST_VECTORS = 4


Dump = Callable[[str, Graph], None]


def integer_graph(graph: Graph, dump: Dump | None = None) -> Graph:
    """Run every pass, verifying after each; dump(pass name, graph) sees the graph after each."""
    verify_structure(graph, "import")
    if dump is not None:
        dump("import", graph)
    for name, function in PASSES:
        graph = function(graph)
        verify_structure(graph, name)
        if dump is not None:
            dump(name, graph)
    verify_integer(graph, PASSES[-1][0] if PASSES else "import")
    return graph


def select_and_plan(graph: Graph, target: Target, options: Options) -> tuple[tuple[Choice, ...], Plan]:
    """Kernels, formats and places. Workspaces that cannot fit the RAM budget are not chosen."""
    nodes = offer_shared_codes(enumerate_graph(graph, target, options), options, target)
    spare = workspace_room(graph, least_workspace(nodes))
    choices = choose(nodes, options, target, spare=spare)
    if options.ram is None:
        return choices, plan(graph, choices)
    try:
        return choices, plan(graph, choices, options.ram)
    except BudgetError:
        pass
    try:
        choices = choose(nodes, options, target, workspace_room(graph, choices, options.ram), spare)
        return choices, plan(graph, choices, options.ram)
    except BudgetError:
        # The least RAM of all says whether this budget can be met at all, and if not, what can be reached.
        least = least_workspace(nodes)
        planned = plan(graph, least, options.ram)
        if options.flash is not None or options.cycles is not None:
            raise
        return least, planned


def least_workspace(nodes: Sequence[NodeCandidates]) -> tuple[Choice, ...]:
    """For every node the candidate with the smallest workspace."""
    return tuple(Choice(node, min(node.candidates, key=lambda c: c.lowered.workspace)) for node in nodes)


def random_inputs(graph: Graph, rng: np.random.Generator) -> tuple[Array, ...]:
    """One value per model input, uniform over its whole range."""
    values = []
    for node in graph.inputs:
        info = np.iinfo(node.type.numpy)
        values.append(rng.integers(info.min, info.max + 1, node.type.shape, dtype=node.type.numpy))
    return tuple(values)


def selftest_vectors(graph: Graph, choices: Sequence[Choice]) -> TestVectors:
    """A few random inputs from a fixed seed, with the reference's outputs and a checksum of every node's output."""
    size = sum(node.type.nbytes for node in (*graph.inputs, *graph.outputs))
    count = max(1, min(SELFTEST_VECTORS, SELFTEST_BYTES // max(size, 1)))
    rng = np.random.default_rng(20)
    interpreter = Interpreter(graph)
    ops = [choice.node.op for choice in choices]
    vectors = []
    checksums = []
    for _ in range(count):
        inputs = random_inputs(graph, rng)
        outputs = interpreter.run({n.name: v for n, v in zip(graph.inputs, inputs, strict=True)})
        vectors.append((inputs, tuple(outputs)))
        checksums.append(tuple(crc32(interpreter.value(op).tobytes()) for op in ops))
    return TestVectors(tuple(vectors), tuple(checksums))


def compile_model(
    graph: Graph,
    target: Target | str = "cortex-m4",
    options: Options | None = None,
    *,
    prefix: str | None = None,
    amalgamate: bool = False,
    external: bool = False,
    selftest: bool = True,
    dump: Dump | None = None,
) -> Build:
    """Compile an imported graph into C. Pure: nothing is written.

    external: weights go into <prefix>_weights.bin instead of C arrays.

    Raises UnsupportedError with all nodes that cannot be compiled exactly, BudgetError when a budget cannot be met.
    """
    target = load_target(target) if isinstance(target, str) else target
    options = options or Options()
    prefix = checked_prefix(prefix) if prefix else prefix_from(graph.name)
    graph = integer_graph(graph, dump)
    choices, planned = select_and_plan(graph, target, options)
    vectors = selftest_vectors(graph, choices) if selftest else TestVectors()
    files = render(Emission(graph, planned, target, prefix, amalgamate, external, vectors.vectors))
    build = Build(graph, target, options, prefix, choices, planned, files, external)
    return replace(build, files=dict(sorted({**files, **record_files(build, vectors)}.items())))
