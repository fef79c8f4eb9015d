"""Where in a linked firmware the model's functions lie, for the plugin's configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from edgegen.errors import ToolchainError
from edgegen.target import Target

_ARM = "EM_ARM"


@dataclass(frozen=True)
class Span:
    """Addresses [start, end) of a function."""

    start: int
    end: int


@dataclass(frozen=True)
class Entry:
    """The first address of a function that belongs to node `index`; `op` is the last part of its name."""

    index: int
    op: str
    start: int


@dataclass(frozen=True)
class Regions:
    """run: the model's run function. caller: the harness function that calls it. entries: of all nodes."""

    run: Span
    caller: Span
    entries: tuple[Entry, ...]

    @property
    def nodes(self) -> int:
        return max(entry.index for entry in self.entries) + 1


def find_regions(elf: Path, prefix: str) -> Regions:
    """Read the functions ``<prefix>_run``, ``<prefix>_n<ii>_<op>`` and ``eg_harness_run`` from the symbol table.

    A compiler's clones (``.constprop.0``, ``.part.0``) belong to their node.

    Raises:
        ToolchainError: one of them is missing (the file was stripped, or its functions were inlined).
    """
    spans = functions(elf)
    entries = []
    for name, span in spans.items():
        if found := re.fullmatch(rf"{re.escape(prefix)}_n(\d+)_([A-Za-z0-9_]+)(\..*)?", name):
            entries.append(Entry(int(found[1]), found[2], span.start))
    for name in (f"{prefix}_run", "eg_harness_run"):
        if name not in spans:
            raise ToolchainError(f"{elf.name} has no function {name}: it cannot be profiled")
    if not entries:
        raise ToolchainError(f"{elf.name} has no functions {prefix}_n<ii>_*: it cannot be profiled by node")
    return Regions(spans[f"{prefix}_run"], spans["eg_harness_run"], tuple(sorted(entries, key=lambda e: e.start)))


def configuration(regions: Regions, target: Target, output: str) -> str:
    """The plugin's configuration file (targets/plugin/profile.c describes it)."""
    lines = [
        f"output {output}",
        f"decoder {target.isa.decoder}",
        f"run {regions.run.start:x} {regions.run.end:x}",
        f"caller {regions.caller.start:x} {regions.caller.end:x}",
    ]
    if "flash" in target.memory:
        flash = target.memory["flash"]
        lines.append(f"flash {flash.origin:x} {flash.origin + flash.size:x}")
    lines += [f"node {entry.index} {entry.start:x}" for entry in regions.entries]
    return "\n".join(lines) + "\n"


def functions(elf: Path) -> dict[str, Span]:
    """Every function of the symbol table."""
    with elf.open("rb") as file:
        image = ELFFile(file)
        thumb = image["e_machine"] == _ARM
        table = image.get_section_by_name(".symtab")
        if not isinstance(table, SymbolTableSection):
            raise ToolchainError(f"{elf.name} has no symbol table: it cannot be profiled")
        spans = {}
        for symbol in table.iter_symbols():
            if symbol["st_info"]["type"] == "STT_FUNC":
                start = symbol["st_value"] & ~1 if thumb else symbol["st_value"]
                spans[symbol.name] = Span(start, start + symbol["st_size"])
    return spans
