"""edgegen: compiles quantized neural networks to verified fixed-point C for microcontrollers.

    graph = edgegen.load("model.tflite")
    build = edgegen.compile_model(graph, "cortex-m4")
    report = edgegen.verify_build(build, edgegen.random_vectors(build.graph, 10, seed=0))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from edgegen.frontends import load
    from edgegen.pipeline import compile_model
    from edgegen.verify.check import random_vectors, verify_build

__all__ = ["__version__", "compile_model", "load", "random_vectors", "verify_build"]

_WHERE = {
    "load": "edgegen.frontends",
    "compile_model": "edgegen.pipeline",
    "random_vectors": "edgegen.verify.check",
    "verify_build": "edgegen.verify.check",
}


def __getattr__(name: str) -> Any:
    """Import the public functions when they are first used: `edgegen --version` stays quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'edgegen' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_WHERE[name]), name)
