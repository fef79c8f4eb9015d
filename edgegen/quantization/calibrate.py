"""Ranges from calibration samples, and the error that quantization makes on them; for any frontend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from edgegen.frontends.source import Source
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Calibration, Graph
from edgegen.quantization.ranges import Range, real, stored
from edgegen.quantization.report import ErrorMeter, notes
from edgegen.quantization.samples import Samples


class Runner(Protocol):
    """Computes a float model; samples are stacked along the first axis, `batch` at most."""

    @property
    def batch(self) -> int: ...

    def run(self, inputs: Mapping[str, Array]) -> Mapping[Any, Array]:
        """Every tensor that is not constant, by the frontend's own key, for inputs by name."""


def observe(source: Source, runner: Runner, samples: Samples) -> dict[Any, Range]:
    """The range of every float tensor that is not constant, over all samples.

    Raises ModelError where the model leaves the real numbers.
    """
    ranges: dict[Any, Range] = {}
    for batch in samples.batches(runner.batch):
        for key, values in runner.run(batch).items():
            if values.dtype.kind == "f" and values.size:
                if not np.isfinite(values).all():
                    raise source.error(f"tensor {key} is NaN or infinite on the calibration data")
                ranges[key] = ranges.get(key, Range()) | Range.of(values)
    return ranges


def measured(runner: Runner, outputs: Sequence[Any], graph: Graph, samples: Samples) -> Graph:
    """The integer graph with its error against the float model on the samples.

    outputs: the runner's keys of the graph's outputs, in order.
    """
    interpreter = Interpreter(graph)
    meters = [ErrorMeter(name) for name in graph.output_names]
    for batch in samples.batches(runner.batch):
        values = runner.run(batch)
        results = interpreter.run(_quantized_inputs(graph, batch))
        count = len(next(iter(batch.values()))) // graph.inputs[0].type.shape[0]
        for meter, node, key, got in zip(meters, graph.outputs, outputs, results, strict=True):
            assert node.type.quant is not None
            meter.add(values[key], real(got, node.type.quant), count)
    calibration = Calibration(samples.count, tuple(meter.result() for meter in meters))
    return replace(graph, notes=(*graph.notes, *notes(calibration)), calibration=calibration)


def _quantized_inputs(graph: Graph, batch: Mapping[str, Array]) -> dict[str, Array]:
    found = {}
    for node in graph.inputs:
        assert node.type.quant is not None
        codes = stored(batch[node.name], node.type.quant)
        found[node.name] = np.ascontiguousarray(codes).reshape(-1, *node.type.shape[1:])
    return found
