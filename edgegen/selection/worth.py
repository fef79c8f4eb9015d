"""Which formats are not worth trying on a weight matrix: known from two counts, before anything is encoded.

A sparse layout pays per entry that it keeps. With as many entries as here it is both larger and slower than dense int8
(docs/formats.md has the curves), so encoding it only to reject it would be compile time for nothing. A format that the
user asks for by name is always tried.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edgegen.formats.base import registry
from edgegen.ir import Const, Op

#: layout -> largest share of kept entries with which it can still win
_LARGEST_SHARE = {"csr": 0.5, "block": 0.5, "code": 0.5, "cer": 0.5, "cser": 0.5, "bitmap": 0.85}
#: layouts that leave out the most frequent value, whatever it is, and not only zeros
_ANY_VALUE = ("cer", "cser")


@lru_cache(maxsize=1024)
def _shares(weights: Const) -> tuple[float, float]:
    """(share of weights that are not zero, share that are not the most frequent value)."""
    values = weights.value
    _, counts = np.unique(values, return_counts=True)
    return float(np.count_nonzero(values)) / values.size, 1.0 - float(counts.max()) / values.size


def hopeless(op: Op, weight_format: str) -> str | None:
    """Why the format cannot win on the op's weights, or None when it may."""
    weights = getattr(op, "w", None)
    if not isinstance(weights, Const) or weight_format not in registry() or not weights.value.size:
        return None
    layout = registry()[weight_format].layout
    kept = _shares(weights)[1 if layout in _ANY_VALUE else 0]
    most = _LARGEST_SHARE.get(layout, 1.0)
    if kept <= most:
        return None
    return f"keeps {kept:.0%} of the weights; above {most:.0%} this layout is larger and slower than dense"
