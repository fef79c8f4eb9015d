"""The meaning of TFLite's float operators in numpy float32, for calibration."""

from __future__ import annotations

from edgegen.quantization.tflite_float import elementwise, linear, pooling, shape
from edgegen.quantization.tflite_float.common import Reference

__all__ = ["REFERENCES"]

#: TFLite operator name -> float reference
REFERENCES: dict[str, Reference] = {
    name: reference for module in (elementwise, linear, pooling, shape) for name, reference in module.REFERENCES
}
