"""Measures every weight format on the matrices of docs/formats.md and writes its tables and its plot.

    python -m benchmarks.formats

Sizes and counted cycles are the same on every machine with the same compiler. A few minutes: some 200 firmwares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.models import ROOT
from edgegen.formats.base import get, registry
from edgegen.formats.measure import entropy, measure_format, pruned_matrix
from edgegen.ir import Array
from edgegen.profile.format_cost import profiler
from edgegen.target import load_target

PAGE = ROOT / "docs" / "formats.md"
PLOT = ROOT / "docs" / "formats.svg"
SHAPE = (64, 512)
TARGET = "cortex-m4"
#: in the tables' order
ORDER = (
    "int8", "int4", "int2", "ternary", "binary", "palette", "csr", "gap_csr", "bitmap", "block_1x4", "nm_block", "cer",
    "cser", "cser_mcu", "ham", "sham", "gap_sham", "joint_gap_sham", "tans", "code",
)  # fmt: skip
PRUNED = (0.3, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)
#: formats in the plot
DRAWN = (
    "int4", "csr", "gap_csr", "bitmap", "block_1x4", "cser_mcu", "ham", "sham", "gap_sham", "joint_gap_sham", "tans",
    "code",
)  # fmt: skip


def pruned(bits: int, share: float) -> Array:
    """Laplace weights, pruned by magnitude, quantised symmetrically, seed 0."""
    return pruned_matrix(*SHAPE, "laplace", bits, share, 0)


def structured(kind: str) -> Array:
    """Weights with a structure that some format is made for, seed 0."""
    rng = np.random.default_rng(0)
    if kind == "ternary":
        return np.sign(pruned(2, 0.5)).astype(np.int8)
    if kind == "binary":
        return rng.choice(np.array([-1, 1], dtype=np.int8), SHAPE)
    w = pruned(int(kind[0]), 0)
    groups = np.abs(w.astype(np.int64)).reshape(SHAPE[0], -1, 4)
    if kind.endswith("2:4"):
        keep = groups.argsort(axis=2, kind="stable").argsort(axis=2) >= 2
    else:
        sums = groups.sum(axis=2)
        keep = np.broadcast_to((sums > np.quantile(sums, 0.75))[:, :, None], groups.shape)
    return (w * keep.reshape(SHAPE)).astype(np.int8)


#: column -> matrix
GENERAL: dict[str, Callable[[], Array]] = {
    "4b .50": lambda: pruned(4, 0.5),
    "4b .80": lambda: pruned(4, 0.8),
    "4b .90": lambda: pruned(4, 0.9),
    "4b .95": lambda: pruned(4, 0.95),
    "8b 0": lambda: pruned(8, 0),
}
STRUCTURED: dict[str, Callable[[], Array]] = {
    kind: (lambda kind=kind: structured(kind))
    for kind in ("ternary", "binary", "4b 2:4", "8b 2:4", "4b blocks .75", "8b blocks .75")
}
CURVES: dict[str, Callable[[], Array]] = {f"{share:g}": (lambda share=share: pruned(4, share)) for share in PRUNED}
MATRICES = GENERAL | STRUCTURED | CURVES

Entry = dict[str, Any]


def measured(job: tuple[str, str]) -> tuple[tuple[str, str], Entry]:
    """Size and cost of a format on a matrix, both by name."""
    column, name = job
    return job, measure_format(get(name), MATRICES[column](), profiler(load_target(TARGET)))


def jobs() -> list[tuple[str, str]]:
    """All that is shown."""
    found = [(column, name) for column in GENERAL | STRUCTURED for name in registry()]
    return found + [(column, name) for column in CURVES for name in ("int8", *DRAWN)]


def cell(entry: Entry) -> str:
    """Bits and cycles per weight; "-" for what does not exist."""
    if entry.get("bytes") is None:
        return "-"
    cycles = entry.get("cycles_per_weight")
    return f"{entry['bits_per_weight']:.2f} / " + ("-" if cycles is None else f"{cycles:.2f}")


def table(columns: dict[str, Callable[[], Array]], found: dict[tuple[str, str], Entry]) -> list[str]:
    """Rows of formats; those that hold none of the matrices are left out."""
    lines = [f"| format | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines.append("| entropy | " + " | ".join(f"{entropy(make()):.2f}" for make in columns.values()) + " |")
    for name in (*ORDER, *sorted(set(registry()) - set(ORDER))):
        cells = [cell(found[column, name]) for column in columns]
        if set(cells) != {"-"}:
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def decoding(found: dict[tuple[str, str], Entry]) -> list[str]:
    """Cycles per weight of the convolutions' row decoders."""
    lines = [f"| format | {' | '.join(GENERAL)} |", "|---" * (len(GENERAL) + 1) + "|"]
    for name in (*ORDER, *sorted(set(registry()) - set(ORDER))):
        values = [found[column, name].get("decode_cycles_per_weight") for column in GENERAL]
        if any(value is not None for value in values):
            lines.append(f"| {name} | " + " | ".join("-" if v is None else f"{v:.2f}" for v in values) + " |")
    return lines


def written(text: str, section: str, lines: list[str]) -> str:
    """The text with what stands between the section's two markers replaced."""
    pattern = re.compile(rf"(<!-- {section} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{PAGE.name} has no section <!-- {section} --> .. <!-- end -->")
    return pattern.sub(lambda match: match[1] + "\n".join(lines) + "\n" + match[2], text)


def draw(found: dict[tuple[str, str], Entry]) -> None:
    """Bits and cycles per weight against the share of pruned weights, with the lines of entropy and dense int8."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "formats", "svg.fonttype": "none", "font.size": 10})
    figure = Figure(figsize=(11, 4.4))
    keys = ("bits_per_weight", "cycles_per_weight")
    for axes, key, title in zip(figure.subplots(1, 2), keys, ("bits", "Cortex-M4 cycles"), strict=True):
        x = [100 * share for share in PRUNED]
        for number, name in enumerate(DRAWN):
            values = [found[column, name].get(key) for column in CURVES]
            axes.plot(x, values, color=mpl.colormaps["tab20"](number), marker=".", label=name)
        dense = [found[column, "int8"][key] for column in CURVES]
        axes.plot(x, dense, "k--", label="int8, dense")
        if key == keys[0]:
            axes.plot(x, [entropy(make()) for make in CURVES.values()], "k:", label="entropy")
            labels = axes.get_legend_handles_labels()
        axes.set_yscale("log", base=2)
        axes.set_xscale("function", functions=(lambda v: -np.log(102 - v), lambda v: 102 - np.exp(-v)))
        axes.set_xlim(28, 98.3)
        axes.set_xticks(x, [f"{v:g}" for v in x])
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("weights pruned, %")
        axes.set_title(f"{title} per weight", fontsize=10)
        axes.grid(alpha=0.3)
    figure.legend(*labels, loc="center right", frameon=False)
    figure.subplots_adjust(left=0.05, right=0.84, wspace=0.16, bottom=0.13, top=0.92)
    figure.savefig(PLOT, format="svg", metadata={"Date": None})


def main() -> int:
    """Measure everything, write the page's tables and the plot."""
    found: dict[tuple[str, str], Entry] = {}
    with ProcessPoolExecutor() as pool:
        for job, entry in pool.map(measured, jobs()):
            found[job] = entry
            if entry.get("bytes") is not None and not entry.get("bit_exact", True):
                raise SystemExit(f"{job[1]} on {job[0]} is not bit-exact")
            print(f"{job[0]:14} {job[1]:16} {cell(entry)}", flush=True)
    text = PAGE.read_text(encoding="utf-8")
    text = written(text, "general", table(GENERAL, found))
    text = written(text, "structured", table(STRUCTURED, found))
    text = written(text, "decoding", decoding(found))
    PAGE.write_text(text, encoding="utf-8")
    draw(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
