"""What op modules share: exact integer contractions, shape helpers, and the registry that finds the modules."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import numpy as np

from edgegen.ir import Array, Op


def exact_matmul(a: Array, b: Array) -> Array:
    """a @ b for integer arrays, exact in int64.

    Uses float64 BLAS, which is exact while every partial sum stays below 2**53: true for int8/int16 operands and any
    reduction below 2**21 terms.
    """
    if a.shape[-1] >= 1 << 21:
        return a.astype(np.int64) @ b.astype(np.int64)
    return np.rint(a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)


@cache
def registry() -> dict[str, type[Op]]:
    """op_name -> class, for every module of edgegen.ops, in alphabetical order."""
    import edgegen.ops as package

    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        importlib.import_module(f"{package.__name__}.{info.name}")
    found: dict[str, type[Op]] = {}
    pending = list(Op.__subclasses__())
    while pending:
        cls = pending.pop()
        pending.extend(cls.__subclasses__())
        if cls.op_name:
            found[cls.op_name] = cls
    return dict(sorted(found.items()))
