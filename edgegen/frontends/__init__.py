"""Model files -> Graph, recognised by their content."""

from __future__ import annotations

from pathlib import Path

from edgegen.frontends import onnx, qonnx, tflite
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.context import Runtime
from edgegen.ir import Graph


def load(path: str | Path, rounding: Runtime = "litert") -> Graph:
    """Read a TFLite or ONNX model.

    rounding: whose arithmetic a TFLite model follows where runtimes differ: "litert" (its reference kernels) or "tflm"
    (TFLite Micro).

    Raises ModelError (unreadable, truncated or corrupt), UnsupportedError (a complete list of what cannot be compiled
    exactly) or GraphError (operands that do not fit).
    """
    source = Source.read(path)
    if tflite.matches(source.data):
        return tflite.load_tflite(source, rounding)
    message = onnx.parse(source.data)
    if message is not None and qonnx.matches(message):
        return qonnx.load_qonnx(source, message)
    if message is not None:
        return onnx.load_onnx(source, message)
    found = f"it begins with {source.data[:8].hex(' ')}" if source.data else "it is empty"
    raise source.error(
        f"{found}; it must be a TFLite model (identifier TFL3 at byte 4) or an ONNX model: it may be truncated"
    )
