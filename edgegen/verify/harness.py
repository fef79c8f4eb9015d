"""A generated model as a program: built with the harness of targets/harness, run over vectors in the emulator."""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from edgegen import resources
from edgegen.errors import ToolchainError, UsageError
from edgegen.target import Target
from edgegen.verify.emulator import RUN_TIMEOUT, Outcome, run_program
from edgegen.verify.sizes import Sizes, measure
from edgegen.verify.toolchain import Unit, compile_units, link

#: Exit statuses of targets/harness/harness.c and of the ports.
_STATUS = {
    10: "the harness got a wrong number of arguments",
    11: "a file of the run cannot be opened",
    12: "the file of vectors ends inside a vector",
    13: "a result cannot be written (is the disk full?)",
    14: "the model used the whole stack",
    15: "the model refused its weights (<prefix>_open failed)",
    20: "the processor faulted (unaligned or wild access, or an instruction it does not have)",
}
_UNMEASURED = 0xFFFFFFFF


@dataclass(frozen=True)
class Buffer:
    """An input or output of the model as its C function takes it: element type, e.g. int8_t, and element count."""

    c_type: str
    elements: int

    @property
    def nbytes(self) -> int:
        """Size in bytes; the type's width is in its name, or it is float."""
        bits = re.search(r"\d+", self.c_type)
        return self.elements * (int(bits[0]) // 8 if bits else 4)


@dataclass(frozen=True)
class ModelInterface:
    """What the harness must know of a generated model.

    prefix: of its C names. inputs, outputs: in the order of ``<prefix>_run``'s parameters. sources: C files in its
    folder. header: declares it. reset: it has ``<prefix>_reset``, called before the first vector and then after every
    `sequence` vectors (0: never again). blob: file in its folder with external weights, given to ``<prefix>_open``.
    """

    prefix: str
    inputs: tuple[Buffer, ...]
    outputs: tuple[Buffer, ...]
    sources: tuple[str, ...]
    header: str
    reset: bool = False
    sequence: int = 1
    blob: str | None = None


@dataclass(frozen=True)
class Firmware:
    """A linked program. hook: it also writes every node's output; only without the hook is it the code that ships."""

    target: Target
    interface: ModelInterface
    elf: Path
    sizes: Sizes
    hook: bool


@dataclass(frozen=True)
class NodeDump:
    """One node's output, raw as in memory."""

    index: int
    data: bytes


@dataclass(frozen=True)
class RunResult:
    """What came out. outputs: per vector, per output. stack: bytes one run used at most, counted from its caller's
    frame; None where the port cannot measure it. nodes: per vector, in order of execution; empty without hook."""

    outputs: tuple[tuple[bytes, ...], ...]
    stack: int | None
    nodes: tuple[tuple[NodeDump, ...], ...]


def build_firmware(
    folder: Path,
    target: Target,
    workdir: Path,
    interface: ModelInterface,
    *,
    hook: bool = False,
    shift: bool = False,
    defines: Sequence[str] = (),
) -> Firmware:
    """Compile and link a generated model with the harness.

    Args:
        folder: where the model's sources are. workdir: gets objects and the ELF file; one build at a time in it.
        hook: compile the model with EG_HOOK, so that a run also yields every node's output.
        shift: put the caller's buffers one element after an aligned address. defines: further macros for the model.

    Raises:
        ToolchainError: the compiler is missing, refuses a source, or the program does not fit the target's memory.
        UsageError: a source is missing.
    """
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    harness = resources.root("targets") / "harness"
    _write_header(harness, folder, workdir, interface)
    hooked = ("EG_HOOK",) if hook else ()
    shifted = ("EG_H_SHIFT=1",) if shift else ()
    model = [
        Unit(_existing(folder / name), workdir / f"model_{number:02}_{Path(name).stem}.o", (*hooked, *defines))
        for number, name in enumerate(interface.sources)
    ]
    if interface.blob is not None:
        model.append(Unit(harness / "blob.S", workdir / "blob.o"))
    support = [Unit(harness / "harness.c", workdir / "harness.o", (*hooked, *shifted, *defines))]
    for source in sorted(path for path in target.port.iterdir() if path.suffix in (".c", ".S")):
        support.append(Unit(source, workdir / f"port_{source.stem}.o"))
    compile_units(target, [*model, *support], [folder, workdir, harness])
    elf, map_file = workdir / "firmware.elf", workdir / "firmware.map"
    link(target, [unit.obj for unit in (*support, *model)], elf, map_file)
    sizes = measure(elf, map_file, [unit.obj for unit in model])
    return Firmware(target, interface, elf, sizes, hook)


def run_firmware(
    firmware: Firmware,
    vectors: Sequence[Sequence[bytes]],
    *,
    timeout: float = RUN_TIMEOUT,
    options: Sequence[str] = (),
    cwd: Path | None = None,
) -> RunResult:
    """Run a firmware over vectors, each the inputs in model order as raw bytes.

    Args:
        timeout: seconds for the whole run. options: further emulator arguments. cwd: folder for the run's files, kept
            afterwards; by default a temporary one beside the ELF file.

    Raises:
        UsageError: a vector does not have the model's inputs.
        ToolchainError: the emulator is missing, hangs, or the program faults.
    """
    _check_vectors(firmware.interface, vectors)
    if cwd is None:
        with tempfile.TemporaryDirectory(prefix="run-", dir=firmware.elf.parent) as name:
            return _run_in(firmware, vectors, Path(name), timeout, options)
    return _run_in(firmware, vectors, cwd, timeout, options)


def _run_in(
    firmware: Firmware, vectors: Sequence[Sequence[bytes]], cwd: Path, timeout: float, options: Sequence[str]
) -> RunResult:
    # Names without spaces, commas or folders: they pass through a semihosting command line.
    (cwd / "vectors.bin").write_bytes(b"".join(b"".join(vector) for vector in vectors))
    args = ["vectors.bin", "outputs.bin", "report.bin", *(["nodes.bin"] if firmware.hook else [])]
    outcome = run_program(firmware.target, firmware.elf, args, cwd, timeout, options)
    if outcome.status != 0:
        raise ToolchainError(f"{firmware.interface.prefix} on {firmware.target.name}: {_explain(outcome)}")
    count, stack = struct.unpack("<2I", (cwd / "report.bin").read_bytes())
    outputs = tuple(_split_outputs(firmware.interface, (cwd / "outputs.bin").read_bytes()))
    if count != len(vectors) or len(outputs) != len(vectors):
        raise ToolchainError(f"{firmware.interface.prefix}: {len(vectors)} vectors went in, {count} were run")
    dumps = tuple(_node_dumps((cwd / "nodes.bin").read_bytes())) if firmware.hook else ()
    per_vector = len(dumps) // max(count, 1)
    nodes = tuple(dumps[i * per_vector : (i + 1) * per_vector] for i in range(count)) if dumps else ()
    return RunResult(outputs, None if stack == _UNMEASURED else stack, nodes)


def _check_vectors(interface: ModelInterface, vectors: Sequence[Sequence[bytes]]) -> None:
    expected = [buffer.nbytes for buffer in interface.inputs]
    for number, vector in enumerate(vectors):
        got = [len(data) for data in vector]
        if got != expected:
            raise UsageError(f"vector {number} has inputs of {got} bytes, {interface.prefix} takes {expected}")


def _split_outputs(interface: ModelInterface, data: bytes) -> Iterator[tuple[bytes, ...]]:
    sizes = [buffer.nbytes for buffer in interface.outputs]
    for start in range(0, len(data), sum(sizes)):
        parts = []
        for size in sizes:
            parts.append(data[start : start + size])
            start += size
        yield tuple(parts)


def _node_dumps(data: bytes) -> Iterator[NodeDump]:
    position = 0
    while position < len(data):
        index, size = struct.unpack_from("<2I", data, position)
        position += 8
        yield NodeDump(index, data[position : position + size])
        position += size


def _explain(outcome: Outcome) -> str:
    printed = f": {outcome.text}" if outcome.text else ""
    if outcome.status in _STATUS:
        return _STATUS[outcome.status] + printed
    how = f"was killed by signal {-outcome.status}" if outcome.status < 0 else f"ended with status {outcome.status}"
    return f"the run {how}{printed}"


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"{path} does not exist: the folder does not hold the model that its interface describes")
    return path


def _write_header(harness: Path, folder: Path, workdir: Path, interface: ModelInterface) -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(harness),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    blob_bytes = 0
    if interface.blob is not None:
        blob = _existing(folder / interface.blob)
        blob_bytes = blob.stat().st_size
        shutil.copyfile(blob, workdir / "blob.bin")
    template = environment.get_template("harness_model.h.j2")
    fields = {name: getattr(interface, name) for name in ("prefix", "header", "inputs", "outputs", "reset", "sequence")}
    text = template.render(**fields, blob=interface.blob is not None, blob_bytes=blob_bytes)
    (workdir / "harness_model.h").write_text(text, encoding="utf-8")
