"""edgegen: compiles quantized neural networks to verified fixed-point C for microcontrollers."""

from __future__ import annotations

__version__ = "0.1.0"
