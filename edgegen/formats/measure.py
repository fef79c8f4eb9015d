"""``edgegen formats --measure W.npy``: what every format makes of one matrix (schema edgegen.formats/1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgegen.errors import FormatError, ModelError
from edgegen.formats.base import Encoded, Format, registry
from edgegen.ir import Array

SCHEMA = "edgegen.formats/1"

#: (matrix, format name) -> the figures of the format's fully connected kernel, e.g. instructions_per_weight
Profiler = Callable[[Array, str], dict[str, Any]]


def run(path: Path, profiler: Profiler | None = None) -> dict[str, Any]:
    """Read a 2-D int8 matrix from an .npy file and measure every format on it.

    Raises ModelError when the file cannot be read or holds anything else.
    """
    return measure(load_matrix(path), profiler)


def load_matrix(path: Path) -> Array:
    """The matrix of an .npy file: 2-D, int8, not empty."""
    try:
        loaded: Any = np.load(path, allow_pickle=False)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}; give an .npy file") from None
    except (ValueError, EOFError):
        raise ModelError(f"{path}: is no .npy file of numbers; save the matrix with numpy.save") from None
    if not isinstance(loaded, np.ndarray):
        raise ModelError(f"{path}: holds an archive of arrays; save one matrix with numpy.save")
    w: Array = loaded
    if w.ndim != 2 or w.dtype != np.int8 or not w.size:
        raise ModelError(f"{path}: holds {w.dtype} of shape {w.shape}; it must be a 2-D int8 matrix, not empty")
    return w


def measure(w: Array, profiler: Profiler | None = None) -> dict[str, Any]:
    """Entropy, zeros, distinct values of w, and per format bytes, bits_per_weight and lossless (or why it refuses w).

    bytes counts all that is stored: streams, codes, pointers and padding. Lookup tables that a kernel derives from a
    stored code are the kernel's, and appear with the profiler's figures.
    """
    formats = [measure_format(item, w, profiler) for item in registry().values()]
    return {
        "schema": SCHEMA,
        "shape": list(w.shape),
        "weights": int(w.size),
        "entropy": entropy(w),
        "entropy_bytes": entropy(w) * w.size / 8,
        "zeros": int(np.sum(w == 0)),
        "distinct": int(np.unique(w).size),
        "formats": formats,
    }


def measure_format(item: Format, w: Array, profiler: Profiler | None = None) -> dict[str, Any]:
    """The entry of one format. A format that cannot hold w has bytes None and the reason."""
    entry: dict[str, Any] = {"name": item.name, "layout": item.layout, "coding": item.coding}
    try:
        encoded: Encoded = item.encode(w)
    except FormatError as error:
        return entry | {"bytes": None, "bits_per_weight": None, "lossless": False, "reason": str(error)}
    entry |= {
        "bytes": encoded.nbytes,
        "bits_per_weight": 8 * encoded.nbytes / w.size,
        "lossless": bool(np.array_equal(item.decode(encoded), w)),
    }
    return entry | profiler(w, item.name) if profiler else entry


def entropy(w: Array) -> float:
    """Zero-order entropy of the entries, bits per weight."""
    _, counts = np.unique(w, return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0


def pruned_matrix(
    rows: int, columns: int, distribution: Literal["gauss", "laplace"], bits: int, pruned: float, seed: int
) -> Array:
    """A random int8 matrix as compression is measured on: magnitude pruning, then symmetric uniform quantisation.

    pruned: share of the weights below the threshold, 0..1. scale = max|w| / (2**(bits - 1) - 1), round to nearest,
    narrow range; with pruning, a survivor that would round to 0 becomes +-1.
    """
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((rows, columns)) if distribution == "gauss" else rng.laplace(0.0, 1.0, (rows, columns))
    top = (1 << (bits - 1)) - 1
    q = np.clip(np.rint(w * top / np.abs(w).max()), -top, top)
    if pruned:
        q = np.where(q == 0, np.sign(w), q)
        q[np.abs(w) <= np.quantile(np.abs(w), pruned)] = 0
    found: Array = q.astype(np.int8)
    return found
