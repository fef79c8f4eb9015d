"""What selection chose for each layer, from what, and why: as JSON with stable keys, and as text for people."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import Any

from edgegen.build import Build
from edgegen.ir import Const
from edgegen.report import build_json, code_json, entropy_bits
from edgegen.selection.candidates import Candidate, Options
from edgegen.selection.choose import Choice
from edgegen.sharing import shareable, stored_once

CHOICES_SCHEMA = "edgegen.choices/1"

#: part of a way (see _parts) -> how many layers chose a way that has it
Users = Counter[str | bytes]


def choices_json(build: Build) -> dict[str, Any]:
    """Schema edgegen.choices/1: per layer what was chosen, what else was possible, what was not and why."""
    users = Counter(part for choice in build.choices for part in _parts(choice.chosen))
    totals = build_json(build)
    return {
        "schema": CHOICES_SCHEMA,
        "target": build.target.name,
        "optimize": build.options.optimize,
        "nodes": [_node(choice, build.options, users) for choice in build.choices],
        "totals": {
            "constants": totals["flash"]["weights"],
            "code": totals["flash"]["code"],
            "instructions": totals["instructions"],
            "workspace": build.plan.workspace,
            "arena": build.plan.arena,
        },
    }


def _node(choice: Choice, options: Options, users: Users) -> dict[str, Any]:
    op = choice.node.op
    weights = getattr(op, "w", None)
    count = int(weights.value.size) if isinstance(weights, Const) else 0
    candidates = [
        {
            "kernel": c.kernel.name,
            "format": c.format,
            "code": code_json(c.group),
            "flash": c.lowered.flash,
            "adds": added(c, choice.chosen, users),
            "weight_bytes": c.lowered.weight_bytes,
            "bits_per_weight": round(8 * c.lowered.weight_bytes / count, 3) if count else None,
            "workspace": c.lowered.workspace,
            "instructions": round(c.lowered.instructions),
            "chosen": c is choice.chosen,
        }
        for c in choice.node.candidates
    ]
    return {
        "name": choice.node.name,
        "op": op.op_name,
        "shape": list(op.type.shape),
        "weights": count,
        "entropy_bits": round(entropy_bits(weights.value), 4) if isinstance(weights, Const) else None,
        "why": why(choice, options, users),
        "candidates": candidates,
        "rejected": [dict(vars(r)) for r in choice.node.rejections],
    }


def _parts(way: Candidate) -> dict[str | bytes, int]:
    """What a way can have in common with others, functions by symbol and tables by content, with the bytes of each."""
    parts: dict[str | bytes, int] = {function.symbol: function.code_bytes for function in way.functions}
    return parts | {table.content: table.stored_bytes for table in way.lowered.tables if shareable(table)}


def added(way: Candidate, chosen: Candidate, users: Users) -> int:
    """Bytes of flash that a way adds to what the other layers chose: constants and code that none of them has."""
    parts, own = _parts(way), _parts(chosen)
    tables = sum(size for part, size in parts.items() if isinstance(part, bytes))
    new = sum(size for part, size in parts.items() if users[part] == (part in own))
    return stored_once([way.lowered]) - tables + new


def why(choice: Choice, options: Options, users: Users) -> str:
    """What is true of the chosen way among the possible ones."""
    name, chosen = choice.node.name, choice.chosen
    asked = [f"--{kind}" for kind in ("kernel", "format") if name in dict(getattr(options, f"{kind}s"))]
    once = f"its {chosen.group} is stored once" if chosen.group is not None else ""
    if asked:
        return f"as {' and '.join(asked)} asked{once and '; '}{once}"
    costs = [(added(way, chosen, users), round(way.lowered.instructions)) for way in choice.node.candidates]
    if len(costs) == 1:
        return "the only possible way"
    if once:
        return once
    own = (added(chosen, chosen, users), round(chosen.lowered.instructions))
    best = [
        word for index, word in enumerate(("smallest", "fastest")) if own[index] == min(cost[index] for cost in costs)
    ]
    if best:
        return " and ".join(best)
    better = any(cost != own and cost[0] <= own[0] and cost[1] <= own[1] for cost in costs)
    return "best in total with the other layers" if better else "nothing possible is smaller and faster"


#: the columns behind a way's name; the differences to the chosen way are in the two that are empty here
_HEADS = f"{'flash':>9}{'':>8}{'instructions':>13}{'':>8}{'workspace':>10}{'bits':>6}"
_NAME = 26


def choices_text(report: dict[str, Any], width: int = 80) -> str:
    """The same for people, from the JSON object: one block per layer, then the totals. width: columns, 80 or more."""
    blocks = ["\n".join(_block(node, width)) for node in report["nodes"]]
    return "\n\n".join([*blocks, textwrap.fill(_totals(report), width)]) + "\n"


def _totals(report: dict[str, Any]) -> str:
    of = report["totals"]
    return (
        f"{report['target']}, --optimize {report['optimize']}, predicted: flash {of['constants'] + of['code']:,} bytes "
        f"(constants {of['constants']:,}, code {of['code']:,}), {of['instructions']:,} instructions, "
        f"RAM {of['arena'] + of['workspace']:,} bytes (arena {of['arena']:,}, workspace {of['workspace']:,}). "
        "The flash of a way above is what it adds to the other layers: constants and code that none of them has."
    )


def _block(node: dict[str, Any], width: int) -> list[str]:
    """The chosen way, those that are smaller or faster than all others with the difference to it, and the rest."""
    ways = sorted(node["candidates"], key=lambda way: (way["adds"], way["instructions"]))
    chosen = next(way for way in ways if way["chosen"])
    beaten = [way for way in ways if way is not chosen and any(_beats(other, way) for other in ways)]
    rows = [_row(way, chosen) for way in ways if way is not chosen and way not in beaten]
    lines = [f"{node['name']:<{_NAME}}{_HEADS}", _row(chosen, chosen), *rows, *_wrapped(_facts(node), width)]
    folded = [way for way in beaten if not way.get("code")]
    if folded:
        lines += _wrapped(f"neither smaller nor faster than all of these: {_names(folded)}", width)
    for reason, names in _reasons(node).items():
        lines += _wrapped(f"not {names}: {reason}", width)
    return lines


def _reasons(node: dict[str, Any]) -> dict[str, str]:
    """Reason -> the ways that it excludes: as formats where it leaves no way of theirs, as kernels likewise.

    A kernel that another reason excludes as a whole does not count as a way of a format that this one excludes twice.
    """
    whole = _whole_kernels(node)
    reasons: dict[str, list[dict[str, Any]]] = {}
    for rejection in node["rejected"]:
        reasons.setdefault(rejection["reason"], []).append(rejection)
    names = {}
    for reason, excluded in reasons.items():
        others = [way for way in (*node["candidates"], *node["rejected"]) if way.get("reason") != reason]
        ways = Counter(way["format"] for way in excluded)
        left = {way["format"] for way in others if way["kernel"] not in whole or ways[way["format"]] == 1} | {"-"}
        formats = list(dict.fromkeys(way["format"] for way in excluded if way["format"] not in left))
        rest = [way for way in excluded if way["format"] in left]
        kernels = list(dict.fromkeys(way["kernel"] for way in rest if way["kernel"] in whole))
        single = [way for way in rest if way["kernel"] not in whole]
        names[reason] = "; ".join(filter(None, (", ".join(formats), ", ".join(kernels), _names(single))))
    return names


def _whole_kernels(node: dict[str, Any]) -> set[str]:
    """Kernels of several formats that one reason excludes with all of them."""
    reasons: dict[str, list[str]] = {}
    for rejection in node["rejected"]:
        reasons.setdefault(rejection["kernel"], []).append(rejection["reason"])
    able = {way["kernel"] for way in node["candidates"]}
    return {kernel for kernel, own in reasons.items() if kernel not in able and len(own) > 1 and len(set(own)) == 1}


def _beats(one: dict[str, Any], other: dict[str, Any]) -> bool:
    pairs = [(one[key], other[key]) for key in ("adds", "instructions")]
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _row(way: dict[str, Any], chosen: dict[str, Any]) -> str:
    own = way is chosen
    bits = "" if way["bits_per_weight"] is None else f"{way['bits_per_weight']:.2f}"
    flash, instructions = (
        f"{way[key]:>{size},}{'' if own else _difference(way[key], chosen[key]):>8}"
        for key, size in (("adds", 9), ("instructions", 13))
    )
    name = f"{'>' if own else ' '} {way['kernel']} {_format(way)}".removesuffix(" -")
    return f"{name:<{_NAME}}{flash}{instructions}{way['workspace']:>10,}{bits:>6}".rstrip()


def _difference(value: int, base: int) -> str:
    """In per cent; as a factor from ten times on."""
    if not base:
        return ""
    return f"x {value / base:.0f}" if value >= 10 * base else f"{100 * (value / base - 1):+.0f} %"


def _facts(node: dict[str, Any]) -> str:
    shape = "x".join(map(str, node["shape"]))
    stored = f", {node['weights']:,} weights of {node['entropy_bits']:.2f} bits (entropy)" if node["weights"] else ""
    return f"output {shape}{stored}. Chosen: {node['why']}"


def _names(ways: list[dict[str, Any]]) -> str:
    """Kernels, each with its formats."""
    formats: dict[str, list[str]] = {}
    for way in ways:
        formats.setdefault(way["kernel"], []).append(way["format"])
    return "; ".join(f"{kernel} {', '.join(names)}".removesuffix(" -") for kernel, names in formats.items())


def _format(way: dict[str, Any]) -> str:
    """The format's name, with the group whose code it has."""
    return f"{way['format']} g{way['code']['group']}" if way.get("code") else str(way["format"])


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
