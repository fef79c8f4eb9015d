"""Float or hybrid TFLite model and calibration inputs -> integer Graph with its error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edgegen.errors import Refusal, UnsupportedError, UsageError
from edgegen.frontends import tflite
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.context import Runtime
from edgegen.frontends.tflite.reader import ModelInfo, Reader
from edgegen.ir import Graph
from edgegen.quantization.calibrate import measured, observe
from edgegen.quantization.samples import read_samples
from edgegen.quantization.tflite_rewrite import quantized_model
from edgegen.quantization.tflite_run import FloatRunner, prepared


def calibrate_tflite(source: Source, path: Path, runtime: Runtime = "litert") -> Graph:
    """The integer graph of a float or hybrid model, quantised by the samples in `path`.

    Raises UsageError for samples that do not fit or a model that is quantised already, else as load_tflite.
    """
    model = prepared(source, Reader(source).model())
    _check_float(source, model)
    runner = FloatRunner(source, model)
    samples = read_samples(path, [(model.tensors[i].name, model.tensors[i].shape) for i in model.inputs])
    ranges = observe(source, runner, samples)
    graph = tflite.import_model(source, quantized_model(source, model, ranges), runtime)
    graph = replace(graph, notes=(*graph.notes, *_edge_notes(graph)))
    return measured(runner, model.outputs, graph, samples)


def _check_float(source: Source, model: ModelInfo) -> None:
    """Refuse --calibrate for a model whose activations are integers already, in part or as a whole."""
    computed = {index for operator in model.operators for index in operator.outputs} | set(model.inputs)
    integers = [model.tensors[index] for index in sorted(computed) if model.tensors[index].dtype != "float32"]
    if not model.inputs or not model.operators:
        raise source.error("it has no input or computes nothing")
    if len(integers) == len(computed) or any(info.quant is not None for info in integers):
        raise UsageError(f"{source.name} is quantised already ({integers[0]}); build it without --calibrate")
    if integers:
        raise UnsupportedError(
            source.name,
            [
                Refusal(str(info), f"it is {info.dtype}; only float32 can be quantised", "Leave it out of the model")
                for info in integers
            ],
        )
    if model.subgraphs > 1:
        raise UnsupportedError(
            source.name,
            [Refusal("the model", f"it has {model.subgraphs} subgraphs", "Export it without control flow")],
        )


def _edge_notes(graph: Graph) -> list[str]:
    """What the caller must know of inputs and outputs."""
    edges = [("input", node.name, node.type.quant) for node in graph.inputs]
    edges += [("output", name, node.type.quant) for name, node in zip(graph.output_names, graph.outputs, strict=True)]
    return [
        f"{side} '{name}': float32 in the file, int8 here ({quant.formula})"
        for side, name, quant in edges
        if quant is not None
    ]
