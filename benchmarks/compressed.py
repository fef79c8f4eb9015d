"""What weights take in flash with --optimize size, and what that costs: the figures of docs/performance.md.

"All" is weights, tables and the code that decodes them: the functions of every layer whose weights are compressed or
unpacked, and the functions of runtime headers that a build of the same model with dense int8 weights does not have.
Multiplying kernels that read unpacked weights from RAM are those of dense layers and count nowhere.
"""

from __future__ import annotations

import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from elftools.elf.elffile import ELFFile

from benchmarks.models import MODELS
from edgegen import compile_model, load
from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.formats.measure import entropy
from edgegen.ir import Const, Graph
from edgegen.profile.measure import profile_firmware
from edgegen.quantization import load_calibrated
from edgegen.selection.candidates import Options
from edgegen.verify.check import interface_of
from edgegen.verify.harness import build_firmware

TARGET = "cortex-m4"
#: formats that nothing has to decode
DENSE = ("-", "int8", "int16")


@dataclass(frozen=True)
class Compressed:
    """A model, the bytes that "all" must not exceed, and the instructions as a multiple of the dense build's.

    images: of MNIST, to calibrate a hybrid model with.
    """

    name: str
    file: str
    bytes: int | None
    factor: float | None = None
    optimize: str = "size"
    images: int = 0

    @property
    def path(self) -> Path:
        return MODELS / self.file


_PRUNED = "tflite/mlonmcu/simple_mnist_pruned.tflite"
COMPRESSED = (
    Compressed("mnist_pruned", _PRUNED, 92_000, images=100),
    Compressed("mnist_pruned_balanced", _PRUNED, 105_000, 1.0, "balanced", images=100),
    Compressed("vww", "tflite/mlperf_tiny/vww_mobilenet_int8.tflite", 42_000, 1.0),
    Compressed("ad", "tflite/mlperf_tiny/ad01_int8.tflite", 178_000),
    Compressed("ic", "tflite/mlperf_tiny/ic_resnet8_int8.tflite", 74_500, 1.35),
    Compressed("kws", "tflite/mlperf_tiny/kws_dscnn_int8.tflite", None),
)


def load_graph(model: Compressed) -> Graph:
    """The imported graph, calibrated with MNIST's first images where the model needs it."""
    if not model.images:
        return load(model.path)
    data = MODELS.parent / "datasets" / "mnist" / "train-images-idx3-ubyte.gz"
    pixels = np.frombuffer(gzip.decompress(data.read_bytes())[16:], dtype=np.uint8)[: 784 * model.images]
    with tempfile.TemporaryDirectory(prefix="edgegen-bench-") as folder:
        samples = Path(folder) / "samples.npz"
        np.savez(samples, x=pixels.reshape(-1, 28, 28, 1).astype(np.float32) / 255)
        return load_calibrated(model.path, samples)


def weights_of(graph: Graph) -> list[Const]:
    """The weight matrices of a graph."""
    found = [getattr(op, "w", None) for op in graph.ops]
    return [w for w in found if isinstance(w, Const)]


def measure(model: Compressed) -> dict[str, Any]:
    """Compile, build and run one inference of the compressed and of the dense build."""
    graph = load_graph(model)
    build = compile_model(graph, TARGET, Options(optimize=model.optimize), prefix=model.name, selftest=False)
    layers = [choice.node for choice in build.choices if isinstance(getattr(choice.node.op, "w", None), Const)]
    forced = tuple((node.name, "int8") for node in layers if any(c.format == "int8" for c in node.candidates))
    dense = compile_model(graph, TARGET, Options(formats=forced), prefix=model.name, selftest=False)
    functions, instructions, flash = _run(build)
    dense_functions, dense_instructions, _ = _run(dense)
    packed = [
        choice.chosen.lowered
        for choice in build.choices
        if choice.chosen.format not in DENSE or choice.chosen.lowered.inner is not None
    ]
    outer = {f"{build.prefix}_{f.symbol}" for lowered in packed for f in (lowered.function, *lowered.helpers)}
    decoders = sum(
        size
        for name, size in functions.items()
        if name.split(".")[0] in outer or (name.startswith("eg_") and name not in dense_functions)
    )
    stored = build.plan.weight_bytes
    return {
        "parameters": sum(w.value.size for w in weights_of(graph)),
        "entropy": round(sum(entropy(w.value) * w.value.size / 8 for w in weights_of(graph))),
        "weights": stored,
        "decoders": decoders,
        "all": stored + decoders,
        "goal": model.bytes,
        "instructions": instructions,
        "predicted": round(sum(choice.chosen.lowered.instructions for choice in build.choices)),
        "dense_instructions": dense_instructions,
        "factor": model.factor,
        "flash": flash,
    }


def _run(build: Build) -> tuple[dict[str, int], int, int]:
    """(bytes of every function in the program, instructions of one inference, flash of the model)."""
    with tempfile.TemporaryDirectory(prefix="edgegen-bench-") as name:
        folder, work = Path(name) / build.prefix, Path(name) / "work"
        write(folder, build.files)
        work.mkdir()
        firmware = build_firmware(folder, build.target, work, interface_of(build))
        found = profile_firmware(firmware)
        with firmware.elf.open("rb") as file:
            symbols = ELFFile(file).get_section_by_name(".symtab")
            sizes = {s.name: int(s["st_size"]) for s in symbols.iter_symbols() if s["st_info"]["type"] == "STT_FUNC"}
    return sizes, found.instructions, found.sizes.flash


def table(records: dict[str, Any]) -> list[str]:
    """The section of docs/performance.md."""
    lines = [
        "",
        "## Compressed weights",
        "",
        "Bytes. Entropy: of the weights in the model file, layer by layer. All: weights, tables and the code that",
        "decodes them. Dense: instructions of the same model with int8 weights, --optimize balanced.",
        "",
        "| model | build | entropy | weights, tables | decoders | all | goal | instructions | dense | ratio |",
        "|---|---|---:|---:|---:|---:|---|---:|---:|---:|",
    ]
    for model in COMPRESSED:
        r = records.get(model.name)
        if r is None:
            continue
        ratio = r["instructions"] / r["dense_instructions"]
        goal = "" if model.bytes is None else f"{model.bytes:,}"
        goal += "" if model.factor is None else f" at <= {model.factor:g}x"
        if goal:
            met = r["all"] <= (model.bytes or r["all"]) and ratio <= (model.factor or ratio)
            goal += " reached" if met else " missed"
        cells = (f"{r['entropy']:,}", f"{r['weights']:,}", f"{r['decoders']:,}", f"{r['all']:,}", goal,
                 f"{r['instructions']:,}", f"{r['dense_instructions']:,}", f"{ratio:.2f}x")  # fmt: skip
        lines.append(f"| {model.name.removesuffix('_balanced')} | {model.optimize} | " + " | ".join(cells) + " |")
    return lines
