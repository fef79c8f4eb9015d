"""Float ONNX model and calibration inputs -> integer Graph with its error."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import ModelProto

from edgegen.errors import Refusal, UnsupportedError, UsageError
from edgegen.frontends.named import STANDARD
from edgegen.frontends.onnx import load_onnx
from edgegen.frontends.onnx.reader import OLDEST_OPSET, ModelInfo, read
from edgegen.frontends.source import Source
from edgegen.ir import Graph
from edgegen.quantization.calibrate import measured, observe
from edgegen.quantization.onnx_fold import LINEAR, prepared
from edgegen.quantization.onnx_legacy import upgraded
from edgegen.quantization.onnx_rewrite import quantized_model
from edgegen.quantization.onnx_run import OnnxRunner
from edgegen.quantization.samples import read_samples


def calibrate_onnx(source: Source, message: ModelProto, path: Path) -> Graph:
    """The integer graph of a float model, quantised by the samples in `path`.

    Raises UsageError for samples that do not fit or a model that is quantised already, else as load_onnx.
    """
    info = read(source, message)
    integers = [node for node in info.nodes if node.op.rpartition(":")[2].startswith(("QLinear", "QuantizeLinear"))]
    if integers:
        raise UsageError(f"{source.name} is quantised already ({integers[0].op}); build it without --calibrate")
    if not info.inputs or not info.nodes:
        raise source.error("it has no input or computes nothing")
    _refuse_bare_integers(source, info)
    model = prepared(_current(source, message, info.opset))
    samples = read_samples(path, [(edge.name, edge.shape) for edge in info.inputs])
    runner = OnnxRunner(source, model)
    graph = load_onnx(source, quantized_model(model, observe(source, runner, samples)))
    return measured(runner, graph.output_names, graph, samples)


def _refuse_bare_integers(source: Source, info: ModelInfo) -> None:
    """Integers as weights of an operator on real numbers: their scale is nowhere in the file."""
    refusals = [
        Refusal(
            f"{node.op} '{node.name}' in {source.name}",
            f"its weights are {info.constants[node.inputs[1]].dtype} without a scale",
            "Export the model with float weights, or with DequantizeLinear behind integer ones",
        )
        for node in info.nodes
        if node.op in LINEAR and node.inputs[1] in info.constants and info.constants[node.inputs[1]].dtype.kind != "f"
    ]
    if refusals:
        raise UnsupportedError(source.name, refusals)


def _current(source: Source, message: ModelProto, opset: int) -> ModelProto:
    """The model in an operator set that the importers know."""
    foreign = sorted({entry.domain for entry in message.opset_import if entry.domain not in STANDARD})
    if opset >= OLDEST_OPSET or foreign:
        return message
    try:
        return upgraded(message, opset, OLDEST_OPSET)
    except (RuntimeError, ValueError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        reason = (str(error).strip().splitlines() or [repr(error)])[0]
        advice = f"Export it again for operator set {OLDEST_OPSET} or later"
        refusal = Refusal("the model", f"operator set {opset} cannot be converted to {OLDEST_OPSET}: {reason}", advice)
        raise UnsupportedError(source.name, [refusal]) from error
