"""All tables of a model in one file: header, directory, sections (runtime_c/SPEC.md, section "External weights")."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from zlib import crc32

from edgegen.formats.base import Table
from edgegen.planning.plan import Plan

MAGIC = 0x42474745
VERSION = 2
HEADER = 56
SECTION = 12
#: every table starts on a multiple of this in the file
ALIGN = 8


@dataclass(frozen=True)
class Section:
    """The tables that nodes share, or all others of one node: offset and size in bytes, CRC-32 of its bytes."""

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
    """Shared tables are the first section, if there are any; every node with tables of its own is a further one.

    model_sha256: hex of the model file.
    """
    groups = [group for group in _groups(plan) if group]
    head = _align(HEADER + SECTION * len(groups))
    body = bytearray()
    places: list[int] = []
    sections = []
    for group in groups:
        start = head + len(body)
        for table in group.values():
            places.append(head + len(body))
            raw = table.values.astype(table.values.dtype.newbyteorder("<")).tobytes()
            body += raw + bytes(_align(len(raw)) - len(raw))
        content = bytes(body[start - head :])
        sections.append(Section(start, len(content), crc32(content)))
    directory = b"".join(struct.pack("<3I", s.offset, s.size, s.crc) for s in sections)
    directory += bytes(head - HEADER - len(directory))
    digest = bytes.fromhex(model_sha256).ljust(32, b"\0")[:32]
    size = head + len(body)
    header = struct.pack("<2I32s4I", MAGIC, VERSION, digest, size, len(sections), crc32(directory), head)
    offsets = dict(zip((key for group in groups for key in group), places, strict=True))
    offsets |= {use: offsets["", plan.sharing.tables[index].name] for use, index in plan.sharing.places.items()}
    return Blob(header + directory + bytes(body), tuple(sections), offsets)


def _groups(plan: Plan) -> list[dict[tuple[str, str], Table]]:
    """Per section, (node name, or "" for the shared ones; table name) -> table."""
    own: list[dict[tuple[str, str], Table]] = [
        {
            (step.name, table.name): table
            for table in step.choice.chosen.lowered.tables
            if plan.sharing.table(step.name, table.name) is None
        }
        for step in plan.steps
    ]
    return [{("", shared.name): shared.table for shared in plan.sharing.tables}, *own]
