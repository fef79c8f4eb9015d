"""docs/performance.md from the records."""

from __future__ import annotations

from typing import Any

from benchmarks.models import RECORDED

_HEAD = """# Performance

Cortex-M4, arm-none-eabi-gcc 12.2, one inference in QEMU (mps2-an386), counted exactly by the profile plugin; every
output bit-exact. Written by `make bench`; do not edit. TFLM is TFLite Micro with CMSIS-NN in the same emulator; board
figures are the best published cycles on Cortex-M4 boards (MLPerf Tiny v0.5-v1.3). QEMU models no wait states: cycles
are from the timing table of docs/targets.md.
"""


def _ratio(a: float, b: float) -> str:
    return f"{a / b:.2f}x" if b else ""


def _mega(value: int | None) -> str:
    return "" if value is None else f"{value / 1e6:.2f}"


def _models(records: dict[str, Any]) -> list[str]:
    lines = [
        "## Instructions of one inference",
        "",
        "| model | TFLM + CMSIS-NN | speed | against TFLM | goal | balanced | size | Mcycles (speed) | best board |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for model in RECORDED:
        r = records["models"].get(model.name)
        if r is None:
            continue
        speed = r["speed"]["instructions"]
        goal = f"{model.goal:,} {'reached' if speed <= model.goal else 'missed'}"
        cells = (
            model.name, f"{model.tflm:,}", f"{speed:,}", _ratio(model.tflm, speed), goal,
            f"{r['balanced']['instructions']:,}", f"{r['size']['instructions']:,}",
            _mega(r["speed"]["cycles"]), model.board,
        )  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _bytes(records: dict[str, Any]) -> list[str]:
    lines = [
        "",
        "## Flash and RAM, bytes",
        "",
        "| model | build | constants | code | tensors | workspace | stack |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for model in RECORDED:
        for style, r in sorted(records["models"].get(model.name, {}).items()):
            cells = (r["constants"], r["code"], r["arena"], r["workspace"], r["stack"])
            lines.append(f"| {model.name} | {style} | " + " | ".join(f"{c:,}" for c in cells) + " |")
    return lines


def _layers(records: dict[str, Any]) -> list[str]:
    lines = ["", "## Instructions per layer, --optimize speed", ""]
    for model in RECORDED:
        r = records["models"].get(model.name)
        if r is None:
            continue
        lines += [f"### {model.name}", "", "| layer | kernel | format | MACs | instructions | per MAC |",
                  "|---|---|---|---:|---:|---:|"]  # fmt: skip
        for n in r["speed"]["nodes"]:
            per = f"{n['instructions'] / n['macs']:.3f}" if n["macs"] else ""
            lines.append(
                f"| {n['name']} | {n['kernel']} | {n['format']} | {n['macs']:,} | {n['instructions']:,} | {per} |"
            )
        lines.append("")
    return lines


def _compile(records: dict[str, Any]) -> list[str]:
    lines = ["## Compile time, seconds (balanced, one core of the machine that recorded)", ""]
    lines += ["| model | s |", "|---|---:|"]
    lines += [f"| {name} | {seconds} |" for name, seconds in sorted(records["compile_seconds"].items())]
    return lines


def performance_page(records: dict[str, Any]) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_models(records), *_bytes(records), *_layers(records), *_compile(records)]) + "\n"
