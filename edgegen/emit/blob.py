"""All tables of a model in one file: header, directory of sections, one section per node. Layout: runtime_c/SPEC.md."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from zlib import crc32

from edgegen.planning.plan import Plan

MAGIC = 0x42474745
VERSION = 1
HEADER = 56
SECTION = 12
#: every table starts on a multiple of this in the file
ALIGN = 8


@dataclass(frozen=True)
class Section:
    """All tables of one node: offset and size in bytes, CRC-32 of its bytes."""

    offset: int
    size: int
    crc: int


@dataclass(frozen=True, eq=False)
class Blob:
    """The file, its sections, and the offset of every table by (node name, table name)."""

    data: bytes
    sections: tuple[Section, ...]
    offsets: dict[tuple[str, str], int]


def _align(size: int) -> int:
    return (size + ALIGN - 1) // ALIGN * ALIGN


def pack(plan: Plan, model_sha256: str) -> Blob:
    """Every node with tables becomes a section. model_sha256: hex of the model file."""
    steps = [step for step in plan.steps if step.choice.chosen.lowered.tables]
    head = _align(HEADER + SECTION * len(steps))
    body = bytearray()
    offsets: dict[tuple[str, str], int] = {}
    sections = []
    for step in steps:
        start = head + len(body)
        for table in step.choice.chosen.lowered.tables:
            offsets[step.name, table.name] = head + len(body)
            raw = table.values.astype(table.values.dtype.newbyteorder("<")).tobytes()
            body += raw + bytes(_align(len(raw)) - len(raw))
        content = bytes(body[start - head :])
        sections.append(Section(start, len(content), crc32(content)))
    directory = b"".join(struct.pack("<3I", s.offset, s.size, s.crc) for s in sections)
    directory += bytes(head - HEADER - len(directory))
    digest = bytes.fromhex(model_sha256).ljust(32, b"\0")[:32]
    size = head + len(body)
    header = struct.pack("<2I32s4I", MAGIC, VERSION, digest, size, len(sections), crc32(directory), head)
    return Blob(header + directory + bytes(body), tuple(sections), offsets)
