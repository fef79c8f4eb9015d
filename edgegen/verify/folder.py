"""`edgegen verify DIR`: a generated folder checked with the vectors and checksums that it carries."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from edgegen.errors import ModelError
from edgegen.record import RECORD, VECTORS
from edgegen.target import Target, load_target
from edgegen.verify.check import SCHEMA, emulator_name
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, RunResult, build_firmware, run_firmware


@dataclass(frozen=True)
class FolderReport:
    """The verdict on a folder. changed: files that are not as build wrote them. first: what differs first, or None."""

    target: str
    emulator: str
    vectors: int
    mismatches: int
    first: str | None
    changed: tuple[str, ...]
    stack: int | None
    model_sha256: str
    elf_sha256: str
    firmware: Firmware

    @property
    def bit_exact(self) -> bool:
        return self.mismatches == 0

    def remarks(self) -> list[str]:
        """Further lines for people."""
        return [f"{name} is not as edgegen build wrote it" for name in self.changed]

    def to_json(self) -> dict[str, Any]:
        """The object of schema edgegen.verify/1."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "emulator": self.emulator,
            "vectors": self.vectors,
            "mismatches": self.mismatches,
            "bit_exact": self.bit_exact,
            "first_difference": self.first,
            "changed_files": list(self.changed),
            "against": None,
            "stack": self.stack,
            "sha256": {"model": self.model_sha256, "elf": self.elf_sha256},
        }


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a generated folder; ModelError when it is missing or not readable."""
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or "interface" not in record:
            raise ValueError("it lacks the key 'interface'")
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: {error}; the folder must be one that edgegen build wrote") from error
    return record


def interface_of_record(record: dict[str, Any]) -> ModelInterface:
    """What the harness must know."""
    try:
        ports = {
            side: tuple(Buffer(str(p["c_type"]), int(p["elements"])) for p in record["interface"][side])
            for side in ("inputs", "outputs")
        }
        prefix = str(record["prefix"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{RECORD}: {error!r}; the record is damaged, build again") from error
    return ModelInterface(prefix, ports["inputs"], ports["outputs"], (f"{prefix}.c",), f"{prefix}.h")


def _read_vectors(folder: Path, interface: ModelInterface) -> tuple[list[list[bytes]], list[tuple[bytes, ...]]]:
    path = folder / VECTORS
    try:
        with np.load(path, allow_pickle=False) as archive:
            columns = {name: archive[name] for name in archive.files}
        inputs = [columns[f"input_{i}"] for i in range(len(interface.inputs))]
        outputs = [columns[f"output_{i}"] for i in range(len(interface.outputs))]
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise ModelError(f"{path}: {error}; stored vectors are missing or damaged, build again") from error
    count = len(inputs[0])
    return (
        [[column[v].tobytes() for column in inputs] for v in range(count)],
        [tuple(column[v].tobytes() for column in outputs) for v in range(count)],
    )


def _first_difference(record: dict[str, Any], result: RunResult, vector: int) -> str:
    names = [layer["name"] for layer in record["layers"]]
    for dump, expected in zip(result.nodes[0], record["checksums"][vector], strict=False):
        if crc32(dump.data) != expected:
            return f"vector {vector}: node {names[dump.index]} differs first (checksum of its output)"
    return f"vector {vector}: the outputs differ, though no node's own output does: the stored vectors are damaged"


def changed_files(folder: Path, record: dict[str, Any]) -> tuple[str, ...]:
    """Names of recorded files that are missing or not as they were written."""
    changed = []
    for name, digest in record.get("sha256", {}).items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            changed.append(name)
    return tuple(changed)


def verify_folder(folder: Path, target: Target | None = None) -> FolderReport:
    """Build the folder as it is for its target (or another), run its vectors, compare bit for bit.

    Raises ModelError when the folder is not one that build wrote, ToolchainError when a tool is missing.
    """
    record = read_record(folder)
    target = target or load_target(str(record["target"]))
    interface = interface_of_record(record)
    vectors, expected = _read_vectors(folder, interface)
    with tempfile.TemporaryDirectory(prefix="edgegen-verify-") as name:
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
            str(record.get("model", {}).get("sha256", "")),
            hashlib.sha256(firmware.elf.read_bytes()).hexdigest(),
            firmware,
        )
