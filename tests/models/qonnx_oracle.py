"""The qonnx package's own execution of a model: the oracle of QONNX imports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import qonnx.core.onnx_exec as onnx_exec
from numpy.typing import NDArray
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.cleanup import cleanup_model

Array = NDArray[Any]

#: newest file version that the installed onnxruntime reads; the qonnx package writes that of the onnx package
_IR_VERSION = 10


def open_model(path: Path) -> Any:
    """The model with its shapes inferred; sizes that the file leaves open are 1."""
    model = ModelWrapper(str(path))
    for output in model.graph.output:
        for axis in output.type.tensor_type.shape.dim:
            axis.dim_value = max(1, axis.dim_value)
    make = onnx_exec.qonnx_make_model

    def older(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        made.ir_version = min(made.ir_version, _IR_VERSION)
        return made

    onnx_exec.qonnx_make_model = older
    try:
        cleaned = cleanup_model(model)
    finally:
        onnx_exec.qonnx_make_model = make
    cleaned.edgegen_make = older
    return cleaned


def execute(model: Any, real: Array) -> Array:
    """The one output for one real input, flat."""
    edge = model.graph.input[0]
    shape = [axis.dim_value for axis in edge.type.tensor_type.shape.dim]
    make, onnx_exec.qonnx_make_model = onnx_exec.qonnx_make_model, model.edgegen_make
    try:
        outputs = onnx_exec.execute_onnx(model, {edge.name: real.reshape(shape).astype(np.float32)})
    finally:
        onnx_exec.qonnx_make_model = make
    (value,) = outputs.values()
    flat: Array = np.asarray(value).reshape(-1)
    return flat
