"""`edgegen verify DIR`: a generated folder checked with the vectors and checksums that it carries."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from edgegen.errors import ModelError, ToolchainError, UsageError
from edgegen.record import RECORD, VECTORS
from edgegen.target import Target, load_target
from edgegen.verify.check import SCHEMA, Difference, emulator_name, sources_digest
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, RunResult, build_firmware, run_firmware
from edgegen.verify.npz import read_npz


@dataclass(frozen=True)
class FolderReport:
    """The verdict on a folder. changed: files that are not as build wrote them."""

    target: str
    emulator: str
    vectors: int
    mismatches: int
    first: Difference | None
    changed: tuple[str, ...]
    stack: int | None
    sha256: dict[str, str]
    firmware: Firmware

    @property
    def bit_exact(self) -> bool:
        return self.mismatches == 0

    def remarks(self) -> list[str]:
        """Further lines for people."""
        lines = [f"{name} is not as edgegen build wrote it" for name in self.changed]
        if self.mismatches and self.first is None:
            lines.append("no node's own output differs from its checksum: the stored vectors are damaged")
        return lines

    def to_json(self) -> dict[str, Any]:
        """The object of schema edgegen.verify/1."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "emulator": self.emulator,
            "vectors": self.vectors,
            "mismatches": self.mismatches,
            "bit_exact": self.bit_exact,
            "first_difference": None if self.first is None else dict(vars(self.first)),
            "changed_files": list(self.changed),
            "against": None,
            "accuracy": None,
            "stack": self.stack,
            "sha256": self.sha256,
        }


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a generated folder, its shape checked; ModelError when it is missing, unreadable or damaged."""
    path = folder / RECORD
    advice = "the folder must be one that edgegen build wrote"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}; {advice}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: is not JSON ({error}); {advice}") from error
    problem = _damage(record)
    if problem:
        raise ModelError(f"{path}: {problem}; the record is damaged, build again")
    found: dict[str, Any] = record
    return found


_C_TYPE = re.compile(r"u?int(8|16|32|64)_t|float")


def _damage(record: Any) -> str | None:
    """What of the record that edgegen reads is not as record_files writes it, or None."""
    if not isinstance(record, dict):
        return "it is no object"
    kinds = {"prefix": str, "target": str, "model": dict, "interface": dict, "layers": list, "checksums": list}
    for key, kind in (*kinds.items(), ("sha256", dict)):
        if not isinstance(record.get(key), kind):
            return f"'{key}' is missing or no {kind.__name__}"
    if not re.fullmatch(r"[A-Za-z]\w*", record["prefix"], re.ASCII):
        return "'prefix' is no C name"
    for layer in record["layers"]:
        words = [layer.get(key) for key in ("name", "op", "origin")] if isinstance(layer, dict) else [None]
        if not all(isinstance(word, str) for word in words) or not isinstance(layer.get("macs"), int):
            return "a layer lacks its name, op, origin or macs"
    return _damaged_ports(record["interface"]) or _damaged_checksums(record)


def _damaged_ports(interface: dict[str, Any]) -> str | None:
    for side in ("inputs", "outputs"):
        ports = interface.get(side)
        if not isinstance(ports, list) or not ports or not all(isinstance(port, dict) for port in ports):
            return f"'interface' has no {side}"
        for port in ports:
            elements, c_type = port.get("elements"), port.get("c_type")
            if not isinstance(elements, int) or not 0 < elements < 1 << 31:
                return f"one of its {side} has no count of elements"
            if not isinstance(c_type, str) or not _C_TYPE.fullmatch(c_type):
                return f"one of its {side} has no C type"
    return None


def _damaged_checksums(record: dict[str, Any]) -> str | None:
    for row in record["checksums"]:
        if not isinstance(row, list) or len(row) != len(record["layers"]):
            return "'checksums' does not hold one per layer"
    return None


def interface_of_record(record: dict[str, Any]) -> ModelInterface:
    """What the harness must know."""
    ports = {
        side: tuple(Buffer(port["c_type"], port["elements"]) for port in record["interface"][side])
        for side in ("inputs", "outputs")
    }
    prefix = record["prefix"]
    blob = f"{prefix}_weights.bin" if record.get("external") else None
    return ModelInterface(prefix, ports["inputs"], ports["outputs"], (f"{prefix}.c",), f"{prefix}.h", blob=blob)


def _read_vectors(folder: Path, interface: ModelInterface) -> tuple[list[list[bytes]], list[tuple[bytes, ...]]]:
    path = folder / VECTORS
    columns = read_npz(path, ModelError, "its vectors are missing or damaged, build again")
    wanted = [(f"input_{i}", port) for i, port in enumerate(interface.inputs)]
    wanted += [(f"output_{i}", port) for i, port in enumerate(interface.outputs)]
    counts = {len(columns[name]) if name in columns and columns[name].ndim else 0 for name, _ in wanted}
    if len(counts) != 1 or counts == {0}:
        raise ModelError(f"{path}: must hold {', '.join(name for name, _ in wanted)}, equally many; build again")
    for name, port in wanted:
        if columns[name][0].nbytes != port.nbytes:
            raise ModelError(f"{path}: '{name}' holds {columns[name][0].nbytes} bytes a vector, not {port.nbytes}")
    rows = [[columns[name][v].tobytes() for name, _ in wanted] for v in range(counts.pop())]
    inputs = len(interface.inputs)
    return [row[:inputs] for row in rows], [tuple(row[inputs:]) for row in rows]


def _first_difference(record: dict[str, Any], result: RunResult, vector: int) -> Difference | None:
    """The first node whose output has another checksum; None when no node's has: the stored vectors are damaged."""
    if vector >= len(record["checksums"]):
        return None
    for dump, expected in zip(result.nodes[0], record["checksums"][vector], strict=False):
        if crc32(dump.data) != expected:
            layer = record["layers"][dump.index]
            return Difference(vector, layer["name"], layer["origin"])
    return None


def changed_files(folder: Path, record: dict[str, Any]) -> tuple[str, ...]:
    """Names of recorded files that are missing or not as they were written."""
    changed = []
    for name, digest in record["sha256"].items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            changed.append(name)
    return tuple(changed)


@contextmanager
def naming_changes(folder: Path, record: dict[str, Any]) -> Iterator[None]:
    """Add to what a tool says about a folder which of its files are not those that build wrote."""
    try:
        yield
    except (ToolchainError, UsageError) as error:
        changed = changed_files(folder, record)
        if not changed:
            raise
        are = "are not as edgegen build wrote them" if len(changed) > 1 else "is not as edgegen build wrote it"
        raise type(error)(f"{error}\n{', '.join(changed)} {are}; build the folder again") from error


def _present(folder: Path, record: dict[str, Any]) -> dict[str, bytes]:
    """Content of the recorded files that are there, and of the record itself."""
    names = (*record["sha256"], RECORD)
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def verify_folder(folder: Path, target: Target | None = None) -> FolderReport:
    """Build the folder as it is for its target (or another), run its vectors, compare bit for bit.

    Raises ModelError when the folder is not one that build wrote, ToolchainError when a tool is missing.
    """
    record = read_record(folder)
    target = target or load_target(str(record["target"]))
    interface = interface_of_record(record)
    vectors, expected = _read_vectors(folder, interface)
    with naming_changes(folder, record), tempfile.TemporaryDirectory(prefix="edgegen-verify-") as name:
        firmware = build_firmware(folder, target, Path(name) / "build", interface)
        result = run_firmware(firmware, vectors)
        wrong = [v for v, (got, want) in enumerate(zip(result.outputs, expected, strict=True)) if got != want]
        first = None
        if wrong:
            hooked = build_firmware(folder, target, Path(name) / "hook", interface, hook=True)
            first = _first_difference(record, run_firmware(hooked, [vectors[wrong[0]]]), wrong[0])
        return FolderReport(
            target.name,
            emulator_name(target),
            len(vectors),
            len(wrong),
            first,
            changed_files(folder, record),
            result.stack,
            {
                "model": str(record["model"].get("sha256", "")),
                "sources": sources_digest(_present(folder, record)),
                "elf": hashlib.sha256(firmware.elf.read_bytes()).hexdigest(),
            },
            firmware,
        )
