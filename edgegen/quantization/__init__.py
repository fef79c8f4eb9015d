"""Post-training quantization: float and hybrid models -> integer Graph, with calibration data.

This is the only lossy step of edgegen. It is asked for by name (`--calibrate`), it stores activations as int8 with one
scale and zero point per tensor and float weights as int8 with one scale per output channel, and it says what that costs
on the calibration data (`Graph.calibration`). Weights that a model already holds as int8 are kept as they are.
"""

from __future__ import annotations

from pathlib import Path

from edgegen.frontends import onnx, tflite
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.context import Runtime
from edgegen.ir import Graph
from edgegen.quantization.onnx_model import calibrate_onnx
from edgegen.quantization.tflite_model import calibrate_tflite


def load_calibrated(path: str | Path, samples: str | Path, rounding: Runtime = "litert") -> Graph:
    """Read a float or hybrid model and quantise it by the inputs in the .npz file `samples`.

    Raises ModelError, UnsupportedError (what cannot be quantised or compiled) or UsageError (samples that do not fit).
    """
    source = Source.read(path)
    if tflite.matches(source.data):
        return calibrate_tflite(source, Path(samples), rounding)
    message = onnx.parse(source.data)
    if message is not None:
        return calibrate_onnx(source, message, Path(samples))
    raise source.error("it is neither a TFLite nor an ONNX model: it may be truncated")
