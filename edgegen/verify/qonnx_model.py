"""The qonnx package's own execution of a QONNX model: Quant, BipolarQuant and MultiThreshold in float32."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.ir import Array

#: newest file version that the installed onnxruntime reads; the qonnx package writes that of the onnx package
_IR_VERSION = 10


@contextmanager
def _older_files(onnx_exec: Any) -> Iterator[None]:
    """Let the package hand its operators to onnxruntime in a file version that this one reads."""
    make = onnx_exec.qonnx_make_model

    def older(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        made.ir_version = min(made.ir_version, _IR_VERSION)
        return made

    onnx_exec.qonnx_make_model = older
    try:
        yield
    finally:
        onnx_exec.qonnx_make_model = make


class QonnxModel:
    """A model that the qonnx package executes, node by node in float32. Raises ImportError without the package."""

    def __init__(self, path: Path) -> None:
        import qonnx.core.onnx_exec as onnx_exec
        from qonnx.core.modelwrapper import ModelWrapper
        from qonnx.util.cleanup import cleanup_model

        self._exec = onnx_exec
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it reads an old spelling of an operator's domain
            model = ModelWrapper(str(path))
        # Sizes that the file leaves open are 1.
        for output in model.graph.output:
            for axis in output.type.tensor_type.shape.dim:
                axis.dim_value = max(1, axis.dim_value)
        with _older_files(onnx_exec):
            self.model = cleanup_model(model)
        constants = {tensor.name for tensor in self.model.graph.initializer}
        #: the package's own names of the inputs, in the file's order, with their shapes
        self.inputs = {
            edge.name: tuple(max(1, axis.dim_value) for axis in edge.type.tensor_type.shape.dim)
            for edge in self.model.graph.input
            if edge.name not in constants
        }

    def execute(self, *reals: Array) -> tuple[Array, ...]:
        """Real inputs -> outputs, all in the file's order."""
        edges = zip(self.inputs.items(), reals, strict=True)
        feeds = {name: values.reshape(shape).astype(np.float32) for (name, shape), values in edges}
        with _older_files(self._exec), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that an input is outside of what the file says of it: the result tells
            found = self._exec.execute_onnx(self.model, feeds)
        return tuple(np.asarray(found[edge.name]) for edge in self.model.graph.output)
