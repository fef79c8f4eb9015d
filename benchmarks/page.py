"""docs/performance.md from the records."""

from __future__ import annotations

from typing import Any

from benchmarks.compressed import table as compressed_table
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


#: kernel -> what its instructions go to, read off its inner loop; shown below the tables of layers
_LIMITS = {
    "dsp_pointwise, dsp_conv": (
        "23 instructions for 32 MACs with int8 weights (16 SMLAD, 5 loads, 2 SXTB16), 22 with int16: 0.72 and 0.69 per "
        "MAC. On top: widening the inputs, about 1 per input and position, shared by all output channels, and 3 to 6 "
        "per output for requantization and store. Few input channels (8, 16) pay the output's share, few output "
        "channels the widening's."
    ),
    "dsp_band": "the same tile; padded copies of rows come on top, and no window crosses a border.",
    "unpack, unpack8": (
        "the same tile in groups of channels: 8.5 instructions per 4 weights and 80 per channel, once, and widening "
        "the inputs anew for each group; decoding on top."
    ),
    "dsp_narrow": "the same tile; padded copies of rows, and words put together from few channels, come on top.",
    "dsp_fc, dsp_fc_conv": (
        "one position, so every weight is loaded for one MAC: 29 instructions for 32 MACs with int8 weights (16 SMLAD, "
        "8 SXTB16, 5 loads), 25 with int16. Short rows (8 columns) pay the output's share."
    ),
    "winograd23": (
        "16 products for 36 MACs; transforms of input and output tiles are the rest, shared by more channels in deeper "
        "layers. Flash decides: 32 bytes for 9 weights."
    ),
    "winograd43": "36 products for 144 MACs. Flash decides (8 bytes per weight), then workspace.",
    "dsp_3x3": (
        "6 multiplications per output of 9 MACs; loading and pairing rows 5 to 6, requantization and store 3 to 6. "
        "Narrow maps (3 to 6 columns) pay the start of each row; stride 2 shares no rows."
    ),
    "dsp_1d": "an input is paired once for all taps; short filters (3 taps) are bound by requantization and store.",
    "dsp_taps": "any window: two taps per SMLAD, but every pair is loaded and packed for itself.",
    "dsp": "additions 6.4 per output (packed loads, two multiplications, shift, saturation); pools about 1 per input.",
    "portable": "plain C, where a layer is too small to matter (softmax) or only moves bytes.",
}


def _limits() -> list[str]:
    lines = ["## What limits them", "", "| kernel | where the instructions go |", "|---|---|"]
    return [*lines, *(f"| {kernel} | {text} |" for kernel, text in _LIMITS.items()), ""]


def _compile(records: dict[str, Any]) -> list[str]:
    lines = ["## Compile time, seconds (balanced, one core of the machine that recorded)", ""]
    lines += ["| model | s |", "|---|---:|"]
    lines += [f"| {name} | {seconds} |" for name, seconds in sorted(records["compile_seconds"].items())]
    return lines


def performance_page(records: dict[str, Any]) -> str:
    """The whole page."""
    tables = [*_models(records), *_bytes(records), *compressed_table(records["compressed"])]
    return "\n".join([_HEAD, *tables, *_layers(records), *_limits(), *_compile(records)]) + "\n"
