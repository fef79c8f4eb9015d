"""The proof: build, run in the emulator, compare every output with the reference, name the first differing node."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.errors import UsageError
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Graph
from edgegen.pipeline import random_inputs
from edgegen.target import Target
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, build_firmware, run_firmware
from edgegen.verify.npz import read_npz
from edgegen.verify.oracles import open_oracle, to_stored

#: one vector: a value per model input
Vector = tuple[Array, ...]
Progress = Callable[[int], None]

SCHEMA = "edgegen.verify/1"
#: vectors per run of the emulator: often enough for a progress bar, seldom enough for its start-up
CHUNK = 32


@dataclass(frozen=True)
class Difference:
    """The first place where the target and the reference part.

    index, expected, got: the element of the node's output; None where only a checksum of it is known.
    """

    vector: int
    node: str
    origin: str
    index: int | None = None
    expected: int | None = None
    got: int | None = None

    def __str__(self) -> str:
        where = f"vector {self.vector}: node {self.node} (from {self.origin}) differs first"
        if self.index is None:
            return f"{where}, by the checksum of its output"
        return f"{where}, at element {self.index}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class Against:
    """Comparison with another runtime.

    top1_agreement: for a model that was quantised here, which never equals its float original: share of vectors in
    which both give the same largest element of the first output; else None.
    """

    oracle: str
    version: str
    vectors: int
    equal: int
    max_lsb: int
    top1_agreement: float | None = None

    def __str__(self) -> str:
        if self.top1_agreement is None:
            return f"{self.version}: {self.equal} of {self.vectors} vectors equal, largest difference {self.max_lsb}"
        return (
            f"{self.version} on the float model: same largest element in {self.top1_agreement:.2%} of"
            f" {self.vectors} vectors, largest difference in steps {self.max_lsb} (quantised after training)"
        )


@dataclass(frozen=True, eq=False)
class Report:
    """The verdict. mismatches: vectors whose outputs differ from the reference in any bit."""

    target: str
    emulator: str
    vectors: int
    mismatches: int
    sha256: dict[str, str]
    firmware: Firmware
    stack: int | None
    outputs: tuple[tuple[Array, ...], ...]
    first: Difference | None = None
    against: Against | None = None
    accuracy: float | None = None

    @property
    def bit_exact(self) -> bool:
        return self.mismatches == 0

    def remarks(self) -> list[str]:
        """Further lines for people."""
        lines = []
        if self.accuracy is not None:
            lines.append(f"accuracy on the target: {self.accuracy:.2%}")
        if self.against is not None:
            lines.append(str(self.against))
        return lines

    def to_json(self) -> dict[str, Any]:
        """The object of schema edgegen.verify/1."""
        against = None if self.against is None else dict(vars(self.against))
        return {
            "schema": SCHEMA,
            "target": self.target,
            "emulator": self.emulator,
            "vectors": self.vectors,
            "mismatches": self.mismatches,
            "bit_exact": self.bit_exact,
            "first_difference": None if self.first is None else dict(vars(self.first)),
            "against": against,
            "accuracy": self.accuracy,
            "stack": self.stack,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, eq=False)
class Vectors:
    """Inputs to run, and labels (class numbers) when there are any."""

    inputs: tuple[Vector, ...]
    labels: Array | None = field(default=None)


def load_vectors(path: Path, graph: Graph) -> Vectors:
    """Read an .npz: one array per input (by the input's name, or the only array of a single-input model).

    The first axis counts vectors; integers are as stored, floats are quantized. `labels`, `label` or `y` holds classes.

    Raises UsageError naming what does not fit.
    """
    arrays = read_npz(path, UsageError, "give a file that numpy.savez wrote, with one array per input")
    labels = next((arrays.pop(name) for name in ("labels", "label", "y") if name in arrays), None)
    if len(graph.inputs) == 1 and len(arrays) == 1:
        arrays = {graph.inputs[0].name: next(iter(arrays.values()))}
    columns: list[list[Array]] = []
    for node in graph.inputs:
        if node.name not in arrays:
            raise UsageError(f"{path}: has no array '{node.name}'; it has {', '.join(arrays) or 'none'}")
        columns.append(_shaped(path, node.name, arrays[node.name], graph.inputs[len(columns)].type))
    counts = {len(column) for column in columns}
    if len(counts) != 1 or counts == {0}:
        raise UsageError(f"{path}: arrays hold {sorted(counts)} vectors; all must hold the same, at least one")
    if labels is not None and (labels.shape != (len(columns[0]),) or labels.dtype.kind not in "iu"):
        raise UsageError(
            f"{path}: labels are {labels.dtype} of shape {labels.shape}; they must be {len(columns[0])} class numbers"
        )
    return Vectors(tuple(zip(*columns, strict=True)), labels)


def _shaped(path: Path, name: str, values: Array, tensor: Any) -> list[Array]:
    if values.ndim and not len(values):
        raise UsageError(f"{path}: '{name}' has shape {values.shape}, which is no vector at all; give at least one")
    if values.ndim == 0 or not values.size or values[0].size != tensor.size:
        raise UsageError(f"{path}: '{name}' has shape {values.shape}; each of its rows must hold {tensor.shape}")
    if np.issubdtype(values.dtype, np.floating):
        if np.isnan(values).any():
            raise UsageError(f"{path}: '{name}' holds NaN, which has no quantized value")
        values = to_stored(values, tensor)
    elif values.dtype != tensor.numpy:
        raise UsageError(f"{path}: '{name}' is {values.dtype}; it must be {tensor.dtype} or floating")
    return [np.ascontiguousarray(row).reshape(tensor.shape) for row in values]


def random_vectors(graph: Graph, samples: int, seed: int) -> Vectors:
    """Uniform inputs over the whole range of their types."""
    rng = np.random.default_rng(seed)
    return Vectors(tuple(random_inputs(graph, rng) for _ in range(samples)))


def interface_of(build: Build) -> ModelInterface:
    """What the harness must know of a build."""

    def buffers(nodes: Sequence[Any]) -> tuple[Buffer, ...]:
        return tuple(Buffer(node.type.c_type, node.type.size) for node in nodes)

    return ModelInterface(
        build.prefix,
        buffers(build.graph.inputs),
        buffers(build.graph.outputs),
        (f"{build.prefix}.c",),
        f"{build.prefix}.h",
        blob=build.blob,
    )


def expected_outputs(graph: Graph, vectors: Sequence[Vector]) -> list[tuple[Array, ...]]:
    """The reference's outputs per vector."""
    interpreter = Interpreter(graph)
    names = [node.name for node in graph.inputs]
    return [tuple(interpreter.run(dict(zip(names, vector, strict=True)))) for vector in vectors]


def emulator_name(target: Target) -> str:
    """What runs the target's programs; "none" for programs that run as they are."""
    command = target.emulator.argv[0] if target.emulator else "none"
    return "none" if command == "{elf}" else command


def sources_digest(files: dict[str, bytes]) -> str:
    """sha256 over all generated files, names included."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _run(firmware: Firmware, build: Build, vectors: Sequence[Vector], progress: Progress | None) -> Any:
    """Outputs of all vectors as arrays, and the largest stack."""
    outputs: list[tuple[Array, ...]] = []
    stack: int | None = None
    for start in range(0, len(vectors), CHUNK):
        part = vectors[start : start + CHUNK]
        result = run_firmware(firmware, [[v.tobytes() for v in vector] for vector in part])
        for raw in result.outputs:
            outputs.append(
                tuple(
                    np.frombuffer(data, dtype=node.type.numpy).reshape(node.type.shape)
                    for data, node in zip(raw, build.graph.outputs, strict=True)
                )
            )
        if result.stack is not None:
            stack = max(stack or 0, result.stack)
        if progress is not None:
            progress(len(part))
    return outputs, stack


def first_difference(build: Build, folder: Path, workdir: Path, vector: Vector, number: int) -> Difference | None:
    """Run one vector with every node's output dumped, and find the first that differs from the reference."""
    firmware = build_firmware(folder, build.target, workdir, interface_of(build), hook=True)
    result = run_firmware(firmware, [[v.tobytes() for v in vector]])
    interpreter = Interpreter(build.graph)
    interpreter.run({n.name: v for n, v in zip(build.graph.inputs, vector, strict=True)})
    for dump in result.nodes[0]:
        step = build.plan.steps[dump.index]
        got = np.frombuffer(dump.data, dtype=step.op.type.numpy)
        want = interpreter.value(step.op).ravel()
        wrong = np.flatnonzero(got != want)
        if wrong.size:
            at = int(wrong[0])
            return Difference(number, step.name, str(step.op.origin), at, int(want[at]), int(got[at]))
    return None


def _compare_oracle(
    name: str, model: Path, graph: Graph, vectors: Sequence[Vector], outputs: Sequence[tuple[Array, ...]]
) -> Against:
    oracle = open_oracle(name, model, graph)
    equal = largest = agreeing = 0
    for vector, mine in zip(vectors, outputs, strict=True):
        theirs = oracle.run(vector)
        gap = max(int(np.abs(a.astype(np.int64) - b.astype(np.int64)).max()) for a, b in zip(mine, theirs, strict=True))
        equal += gap == 0
        largest = max(largest, gap)
        # Classes that share the highest int8 score are all the answer.
        agreeing += bool(((mine[0] == mine[0].max()) & (theirs[0] == theirs[0].max())).any())
    agreement = None if graph.calibration is None else agreeing / len(vectors)
    return Against(name, oracle.version, len(vectors), equal, largest, agreement)


def accuracy(outputs: Sequence[tuple[Array, ...]], labels: Array) -> float:
    """Share of vectors whose first output's largest entry is at the label."""
    return float(np.mean([int(np.argmax(out[0])) == int(label) for out, label in zip(outputs, labels, strict=True)]))


def verify_build(
    build: Build,
    vectors: Vectors,
    *,
    model: Path | None = None,
    against: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Compile the build for its target, run all vectors, compare bit for bit with the reference.

    model, against: also compare with this oracle on the original file. Raises ToolchainError when a tool is missing.
    """
    with tempfile.TemporaryDirectory(prefix="edgegen-verify-") as name:
        folder = Path(name) / build.prefix
        write(folder, build.files)
        firmware = build_firmware(folder, build.target, Path(name) / "build", interface_of(build))
        outputs, stack = _run(firmware, build, vectors.inputs, progress)
        expected = expected_outputs(build.graph, vectors.inputs)
        wrong = [
            index
            for index, (got, want) in enumerate(zip(outputs, expected, strict=True))
            if any(not np.array_equal(g, w) for g, w in zip(got, want, strict=True))
        ]
        first = None
        if wrong:
            first = first_difference(build, folder, Path(name) / "hook", vectors.inputs[wrong[0]], wrong[0])
        compared = None
        if against is not None:
            if model is None:
                raise UsageError("--against needs the model file")
            compared = _compare_oracle(against, model, build.graph, vectors.inputs, outputs)
        return Report(
            build.target.name,
            emulator_name(build.target),
            len(vectors.inputs),
            len(wrong),
            {
                "model": build.graph.sha256,
                "sources": sources_digest(build.files),
                "elf": hashlib.sha256(firmware.elf.read_bytes()).hexdigest(),
            },
            firmware,
            stack,
            tuple(outputs),
            first,
            compared,
            None if vectors.labels is None else accuracy(outputs, vectors.labels),
        )
