"""Writes the recorded parts of README.md anew: the terminal session, and the table of peers.

`make bench` runs it last, so that what the README shows is what the code of the same commit printed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.models import RECORDED  # noqa: E402  (the path above finds it)

README = ROOT / "README.md"
COLUMNS = 100

SESSION = (
    "make demo",
    "edgegen verify examples/digits/digits_int8.onnx --target cortex-m4 "
    "--vectors examples/digits/digits_test.npz --against onnxruntime",
    "edgegen profile examples/digits/digits_int8.onnx --optimize speed",
)

#: instructions of one inference by model, in millions: TinyEngine, onnx2c -Ofast, emx-onnx-cgen 1.4.0.
#: Same emulator and compiler as our records; TFLM's are in benchmarks/models.py.
PEERS = {
    "kws": ("refused", "19.1", "15.6"),
    "vww": ("wrong result", "53.4", "50.1"),
    "ic": ("wrong result", "114.2", "92.1"),
    "ad": ("0.77", "1.34", "1.34"),
    "sww": ("refused", "", ""),
    "mcunet_vww": ("34.8; 43.4 when mended", "", ""),
    "mcunet_detection": ("54.7", "", ""),
}
TITLES = {
    "kws": "keyword spotting, DS-CNN",
    "vww": "person detection, MobileNet",
    "ic": "CIFAR-10, ResNet-8",
    "ad": "anomaly detection, autoencoder",
    "sww": "streaming wake word",
    "mcunet_vww": "MCUNet, person",
    "mcunet_detection": "MCUNet, detection",
}

#: record of benchmarks/compressed.py -> what the README calls it
FLASH = {
    "mnist_pruned": "MNIST, 90 % pruned, size",
    "mnist_pruned_balanced": "MNIST, 90 % pruned, balanced",
    "vww": "person detection, size",
    "ic": "CIFAR-10, size",
    "ad": "anomaly detection, size",
    "kws": "keyword spotting, size",
}


def recorded(command: str) -> str:
    """A shell prompt, the command, and what it printed on stdout."""
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    environment.update({"NO_COLOR": "1", "TERM": "dumb"})
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # below `make bench`, make would print the folder it works in
        environment.pop(name, None)
    printed = subprocess.check_output(
        command, shell=True, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL
    )
    lines = [line.rstrip() for line in printed.strip("\n").splitlines()]
    shown = command.replace(" --vectors", " \\\n      --vectors")
    return "\n".join([f"$ {shown}", *lines])


def session() -> str:
    """All commands with what they print."""
    return "```console\n" + "\n\n".join(recorded(command) for command in SESSION) + "\n```"


def millions(count: int) -> str:
    """12,345,678 -> 12.3; three significant digits."""
    value = count / 1e6
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def comparison() -> str:
    """Instructions of one inference on a Cortex-M4, ours and the peers'."""
    records = json.loads((ROOT / "benchmarks" / "records.json").read_text(encoding="utf-8"))["models"]
    rows = [
        "| million instructions, Cortex-M4 | **edgegen** speed | **edgegen** balanced | TFLite Micro + CMSIS-NN "
        "| TinyEngine | onnx2c (float) | emx-onnx-cgen (float) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for model in RECORDED:
        ours = [millions(records[model.name][style]["instructions"]) for style in ("speed", "balanced")]
        cells = [TITLES[model.name], f"**{ours[0]}**", ours[1], millions(model.tflm), *PEERS[model.name]]
        rows.append("| " + " | ".join(cell or "-" for cell in cells) + " |")
    for what, key, tflm, floats in (
        ("code with keyword spotting, bytes", "code", "52,413", ("5-13K", "1-29K")),
        ("its weights and tables, bytes", "constants", "53,936", ("4 per weight", "4 per weight")),
        ("its RAM, bytes", "ram", "22,820", ("64,000", "577K")),
    ):
        ours = [f"{records['kws'][style][key]:,}" for style in ("speed", "balanced")]
        rows.append("| " + " | ".join((what, *ours, tflm, "-", *floats)) + " |")
    return "\n".join(rows)


def flash() -> str:
    """What compressed weights take, and at what speed."""
    records = json.loads((ROOT / "benchmarks" / "records.json").read_text(encoding="utf-8"))["compressed"]
    rows = [
        "| bytes, Cortex-M4 | weights in the model | their entropy | stored, with tables and decoders "
        "| million instructions | with int8 weights |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, title in FLASH.items():
        r = records[name]
        cells = (f"{r['parameters']:,}", f"{r['entropy']:,}", f"**{r['all']:,}**",
                 millions(r["instructions"]), millions(r["dense_instructions"]))  # fmt: skip
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def replaced(text: str, name: str, content: str) -> str:
    """text with what stands between the markers of that name replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert pattern.search(text), f"README.md has no section {name}"
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def main() -> None:
    """Record, and write."""
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "session", session())
    text = replaced(text, "comparison", comparison())
    README.write_text(replaced(text, "flash", flash()), encoding="utf-8")


if __name__ == "__main__":
    main()
