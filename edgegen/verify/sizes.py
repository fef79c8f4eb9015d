"""How many bytes of a linked program are the model's, apart from harness, start-up code and stack.

The linker's map says which object brought each piece, the ELF file says which sections are loaded and how. The
model's are its own objects and what they pull out of archives (memcpy, libgcc): harness and ports call no library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section, SymbolTableSection

from edgegen.errors import ToolchainError

_OUTPUT_SECTION = re.compile(r"^(\.\S+)")
_PIECE = re.compile(r"^ (?:\S+)?\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S.*)$")
_NAME_ALONE = re.compile(r"^ (\.\S+|COMMON)$")


@dataclass(frozen=True)
class Sizes:
    """Bytes that a model adds to a firmware.

    code: machine code. constants: weights and other tables. data: initialised variables (in flash and RAM). bss:
    zeroed variables. net: the model's struct, which the caller defines (arena, workspace, state).
    """

    code: int
    constants: int
    data: int
    bss: int
    net: int

    @property
    def flash(self) -> int:
        return self.code + self.constants + self.data

    @property
    def ram(self) -> int:
        return self.data + self.bss + self.net


@dataclass(frozen=True)
class Piece:
    """One input section as the map lists it: output section, bytes, file (``lib.a(member.o)`` for an archive's)."""

    section: str
    size: int
    file: str


def measure(elf: Path, map_file: Path, model_objects: Sequence[Path]) -> Sizes:
    """Sizes of the model in a linked program.

    Raises:
        ToolchainError: the ELF file has no struct ``eg_harness_net``: it was not linked with the harness.
    """
    with elf.open("rb") as file:
        image = ELFFile(file)
        kinds = {section.name: _kind(section) for section in image.iter_sections()}
        symbols = image.get_section_by_name(".symtab")
        found = symbols.get_symbol_by_name("eg_harness_net") if isinstance(symbols, SymbolTableSection) else None
    if not found:
        raise ToolchainError(f"{elf.name} has no symbol eg_harness_net: it was not linked with the harness")
    own = {str(path) for path in model_objects}
    totals = dict.fromkeys(("code", "constants", "data", "bss"), 0)
    for piece in pieces(map_file.read_text(encoding="utf-8", errors="replace")):
        kind = kinds.get(piece.section)
        if kind is not None and (piece.file in own or piece.file.endswith(")")):
            totals[kind] += piece.size
    return Sizes(net=int(found[0]["st_size"]), **totals)


def pieces(text: str) -> Iterator[Piece]:
    """The input sections that a GNU ld map lists as linked (not those it discarded)."""
    _, _, body = text.partition("\nLinker script and memory map\n")
    section = ""
    for line in _joined(body):
        if output := _OUTPUT_SECTION.match(line):
            section = output[1]
        elif piece := _PIECE.match(line):
            yield Piece(section, int(piece[1], 16), piece[2])


def _joined(body: str) -> Iterator[str]:
    """Lines, with a long section name that has a line of its own put before the line that it belongs to."""
    held = ""
    for line in body.splitlines():
        if _NAME_ALONE.match(line):
            held = line
            continue
        yield held + line if held and line.startswith(" ") else line
        held = ""


def _kind(section: Section) -> str | None:
    """Which field of Sizes an ELF section counts to; None when it is not loaded."""
    flags = section["sh_flags"]
    if not flags & SH_FLAGS.SHF_ALLOC:
        return None
    if section["sh_type"] == "SHT_NOBITS":
        return "bss"
    if flags & SH_FLAGS.SHF_EXECINSTR:
        return "code"
    return "data" if flags & SH_FLAGS.SHF_WRITE else "constants"
