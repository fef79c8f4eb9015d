"""`make bench`: measures every recorded model, writes benchmarks/records.json and docs/performance.md.

    python -m benchmarks.run               measure all and write both
    python -m benchmarks.run --check       measure all; fail where one grew by more than 1 % or was mispredicted
    python -m benchmarks.run kws ad        only these models

Instructions, flash and RAM are deterministic: the same sources and compiler give the same figures on every machine.
Seconds of compile time are for reading only; nothing is tested against them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import compressed
from benchmarks.models import COMPILED, RECORDED, ROOT, Model
from benchmarks.page import performance_page
from edgegen import compile_model, load
from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.profile.measure import NodeLabel, profile
from edgegen.selection.candidates import Options
from edgegen.verify.check import interface_of

RECORDS = ROOT / "benchmarks" / "records.json"
PAGE = ROOT / "docs" / "performance.md"
TARGET = "cortex-m4"
STYLES = ("size", "balanced", "speed")
#: what CI holds: none of these figures may grow by more than GROWTH
HELD = ("instructions", "flash", "ram")
HELD_COMPRESSED = ("all", "instructions")
GROWTH = 0.01
#: how far the predicted instructions of a model may be from the measured ones
MISS = 0.10

Record = dict[str, Any]


def compile_one(model: Model, optimize: str) -> Build:
    """The build that is measured."""
    return compile_model(load(model.path), TARGET, Options(optimize=optimize), prefix=model.name, selftest=False)


def measure(model: Model, optimize: str) -> Record:
    """Compile, build, run one inference under the profile plugin."""
    build = compile_one(model, optimize)
    labels = [NodeLabel(s.index, s.name, s.op.op_name, s.op.macs()) for s in build.plan.steps]
    with tempfile.TemporaryDirectory(prefix="edgegen-bench-") as name:
        folder = Path(name) / build.prefix
        write(folder, build.files)
        found = profile(folder, build.target, interface_of(build), labels=labels)
    chosen = [step.choice.chosen for step in build.plan.steps]
    nodes = [
        {
            "name": node.name,
            "kernel": choice.kernel.name,
            "format": choice.format,
            "macs": node.macs,
            "instructions": node.instructions,
            "predicted": round(choice.lowered.instructions),
        }
        for node, choice in zip(found.nodes, chosen, strict=True)
    ]
    return {
        "instructions": found.instructions,
        "cycles": found.cycles.total,
        "flash": found.sizes.flash,
        "code": found.sizes.code,
        "constants": found.sizes.constants,
        "ram": found.sizes.ram,
        "arena": build.plan.arena,
        "workspace": build.plan.workspace,
        "stack": found.stack,
        "macs": sum(node.macs for node in found.nodes),
        "nodes": nodes,
    }


def compile_seconds(model: Model) -> float:
    """Wall time of loading and compiling with --optimize balanced."""
    start = time.perf_counter()
    compile_one(model, "balanced")
    return time.perf_counter() - start


def grown(old: Record, new: Record, where: str, held: Sequence[str] = HELD) -> list[str]:
    """Held figures that are more than GROWTH above the record."""
    return [
        f"{where}: {key} {old[key]:,} -> {new[key]:,} ({new[key] / old[key] - 1:+.1%})"
        for key in held
        if new[key] > old[key] * (1 + GROWTH)
    ]


def complaints_about(old: Record | None, new: Record, where: str) -> list[str]:
    """What CI must not let pass: no record, a figure that grew, a prediction more than MISS off what was measured."""
    found = [f"{where}: has no record; run make bench"] if old is None else grown(old, new, where)
    return found + mispredicted(sum(node["predicted"] for node in new["nodes"]), new["instructions"], where)


def mispredicted(predicted: int, measured: int, where: str) -> list[str]:
    """A prediction that is more than MISS off."""
    off = predicted / measured - 1
    return (
        [f"{where}: {predicted:,} instructions predicted, {measured:,} measured ({off:+.1%})"]
        if abs(off) > MISS
        else []
    )


def load_records() -> Record:
    """The recorded figures; empty before the first run."""
    records: Record = {"models": {}, "compressed": {}, "compile_seconds": {}}
    if RECORDS.exists():
        records |= json.loads(RECORDS.read_text(encoding="utf-8"))
    return records


def measure_compressed(names: Sequence[str], records: Record) -> list[str]:
    """Figures of compressed weights into the records; what CI must not let pass."""
    complaints = []
    for model in compressed.COMPRESSED:
        if names and model.name not in names:
            continue
        new = compressed.measure(model)
        print(
            f"{model.name:28}{new['instructions']:>12,} instructions  weights and decoders {new['all']:>9,}", flush=True
        )
        old = records["compressed"].get(model.name)
        where = f"{model.name} compressed"
        none = [f"{where}: has no record; run make bench"]
        complaints += none if old is None else grown(old, new, where, HELD_COMPRESSED)
        complaints += mispredicted(new["predicted"], new["instructions"], where)
        records["compressed"][model.name] = new
    return complaints


def main() -> int:
    """Measure; write, or check against, the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", help="names; default: all")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on growth or misprediction")
    args = parser.parse_args()
    wanted = [m for m in RECORDED if not args.models or m.name in args.models]
    if not wanted or not wanted[0].path.exists():
        print(f"bench: no such model, or {MODELS_HINT}", file=sys.stderr)
        return 2
    records, complaints = load_records(), []
    for model in wanted:
        for style in STYLES:
            new = measure(model, style)
            print(f"{model.name:18}{style:10}{new['instructions']:>12,} instructions  flash {new['flash']:>9,}"
                  f"  RAM {new['ram']:>9,}  stack {new['stack']:>5,}", flush=True)  # fmt: skip
            old = records["models"].get(model.name, {}).get(style)
            complaints += complaints_about(old, new, f"{model.name} {style}")
            records["models"].setdefault(model.name, {})[style] = new
    complaints += measure_compressed(args.models, records)
    if args.check:
        print("\n".join(complaints) or "no figure grew by more than 1 %, all predictions are within 10 %")
        return 1 if complaints else 0
    for model in COMPILED:
        if not args.models or model.name in args.models:
            records["compile_seconds"][model.name] = round(compile_seconds(model), 2)
    RECORDS.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(performance_page(records), encoding="utf-8")
    return 0


MODELS_HINT = "the models are not beside the checkout (../shared/models)"

if __name__ == "__main__":
    sys.exit(main())
