"""A profile for people: one row per node, with instructions per multiply-accumulate and a bar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from edgegen.errors import UsageError
from edgegen.profile.measure import SCHEMA, NodeProfile, Profile

_BAR_WIDTH = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"


def load_profile(path: Path) -> dict[str, Any]:
    """A profile that was written as JSON, to compare with.

    Raises:
        UsageError: the file cannot be read or holds something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path}: is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UsageError(f"{path}: is not a profile (schema {SCHEMA}), as `edgegen profile --json` writes it")
    return document


def render_table(profile: Profile, other: Mapping[str, Any] | None = None) -> Table:
    """A table of a profile; beside another one (see load_profile) each row also shows the change of instructions."""
    table = Table(title=f"{profile.model} on {profile.target}: one inference", caption=_summary(profile, other))
    for heading, number in _columns(profile, other is not None):
        table.add_column(heading, justify="right" if number else "left", no_wrap=not heading, overflow="ellipsis")
    most = max((node.instructions for node in profile.parts), default=0)
    before = _instructions_by_index(other)
    for node in profile.parts:
        if node.index < 0:
            table.add_section()
        table.add_row(*_row(node, profile, most, before))
    return table


def bar(value: int, most: int, width: int = _BAR_WIDTH) -> str:
    """A bar of `value` where `most` fills `width` characters, to an eighth of a character."""
    eighths = round(8 * width * value / most) if most else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _columns(profile: Profile, compared: bool) -> list[tuple[str, bool]]:
    columns = [
        ("node", False),
        *([("op", False)] if _shows_op(profile) else []),
        ("MACs", True),
        ("instructions", True),
    ]
    if compared:
        columns.append(("change", True))
    columns += [("per MAC", True)]
    if profile.cycles.model != "none":
        columns.append(("cycles", True))
    return [*columns, ("flash reads", True), ("", False)]


def _shows_op(profile: Profile) -> bool:
    """Whether the nodes' names do not say their ops already."""
    return any(node.op not in node.name for node in profile.nodes)


def _row(node: NodeProfile, profile: Profile, most: int, before: Mapping[int, int] | None) -> list[str]:
    cells = [node.name, *([node.op] if _shows_op(profile) else []), _number(node.macs or None)]
    cells.append(_number(node.instructions))
    if before is not None:
        cells.append(_change(node.instructions, before.get(node.index)))
    cells.append(f"{node.instructions / node.macs:.3f}" if node.macs else "")
    if profile.cycles.model != "none":
        cells.append(_number(node.cycles))
    return [*cells, _number(node.flash_reads), bar(node.instructions, most)]


def _summary(profile: Profile, other: Mapping[str, Any] | None) -> str:
    instructions = f"{profile.instructions:,} instructions"
    if other is not None:
        instructions += f" ({_change(profile.instructions, other['instructions'])})"
    if profile.macs:
        instructions += f", {profile.instructions / profile.macs:.3f} per MAC"
    cycles = "no cycle model"
    if profile.cycles.total is not None:
        cycles = (
            f"{profile.cycles.total:,} cycles by table {profile.cycles.model}, {profile.cycles.wait_states} wait states"
        )
    stack = "not measured" if profile.stack is None else f"{profile.stack:,} bytes"
    sizes = f"flash {profile.sizes.flash:,}, RAM {profile.sizes.ram:,} bytes, stack {stack}"
    return f"{instructions}; {cycles}\n{sizes}"


def _instructions_by_index(other: Mapping[str, Any] | None) -> dict[int, int] | None:
    if other is None:
        return None
    return {node["index"]: node["instructions"] for node in (*other["nodes"], other["overhead"])}


def _change(now: int, before: int | None) -> str:
    if before is None:
        return "new"
    if before == now:
        return "="
    return f"{100 * (now - before) / before:+.1f} %" if before else "new"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
