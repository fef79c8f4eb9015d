"""Which formats are not worth trying on a weight matrix: known from a few counts, before anything is encoded.

A format is left out when its least possible size already loses to a format that is faster as well: encoding it only to
reject it would be compile time for nothing. A format that the user asks for by name is always tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from edgegen.formats.base import registry
from edgegen.ir import Array, Const, Op
from edgegen.kernels.fc_common import stored
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D

#: format or layout -> largest share of kept entries with which it can still win over dense int8 (docs/formats.md has
#: the curves). A 1x4 block takes 5 bytes; what N:M leaves over beside groups of eight is stored dense
_LARGEST_SHARE = {"csr": 0.5, "block_1x4": 0.8, "nm_block": 0.5, "code": 0.5, "cer": 0.5, "cser": 0.5, "bitmap": 0.85}
#: layouts that leave out the most frequent value, whatever it is, and not only zeros
_ANY_VALUE = ("cer", "cser")
#: sparse formats with an entropy code for gaps: above csr's share they still win where zeros come in runs, if these
#: make the bits of gaps and values fewer than this share of the bits of all values
_CODED_GAPS = ("gap_sham", "joint_gap_sham")
_PATTERN_GAIN = 0.97
#: tans stores a value and a share for each distinct value
_TANS_SYMBOL_BYTES = 3


def _bits(values: Array) -> float:
    """Zero-order entropy of all values (integers), in bits."""
    counts = np.bincount((values - values.min()).astype(np.int64)) if values.size else np.zeros(1)
    counts = counts[counts > 0]
    return float((counts * np.log2(counts.sum() / counts)).sum()) if counts.size else 0.0


@dataclass(frozen=True, eq=False)
class _Counts:
    """What is counted on a matrix (rows, columns) of int8 weights, each thing when it is first asked for."""

    matrix: Array

    @cached_property
    def values(self) -> Array:
        """How often each value from -128 to 127 occurs."""
        return np.bincount(self.matrix.reshape(-1).astype(np.int16) + 128, minlength=256)

    @cached_property
    def bits(self) -> float:
        """Entropy of all weights, in bits."""
        return _bits(self.matrix.reshape(-1).astype(np.int16))

    @cached_property
    def gap_bits(self) -> float:
        """Entropy of the non-zeros and of the gaps between them along rows, in bits."""
        rows, columns = np.nonzero(self.matrix)
        before = np.concatenate(([-1], columns[:-1]))
        before[np.flatnonzero(np.diff(rows, prepend=-1))] = -1
        return _bits(columns - before) + _bits(self.matrix[rows, columns].astype(np.int16))

    @cached_property
    def kept(self) -> float:
        """Share of weights that are not zero."""
        return 1.0 - float(self.values[128]) / self.matrix.size

    @cached_property
    def unusual(self) -> float:
        """Share of weights that are not the most frequent value."""
        return 1.0 - float(self.values.max()) / self.matrix.size

    @cached_property
    def blocks(self) -> float:
        """Share of blocks of four columns that are not zero; the columns left over count as if in blocks."""
        rows, columns = self.matrix.shape
        whole = columns // 4 * 4
        blocks = (self.matrix[:, :whole].reshape(rows, whole // 4, 4) != 0).any(axis=2)
        return float(4 * np.count_nonzero(blocks) + rows * (columns - whole)) / float(self.matrix.size)


@lru_cache(maxsize=256)
def _counts(weights: Const, channel_axis: int) -> _Counts:
    matrix = np.moveaxis(weights.value, channel_axis, 0)
    return _Counts(np.ascontiguousarray(matrix.reshape(matrix.shape[0], -1)))


def _too_many_kept(counts: _Counts, weight_format: str) -> str | None:
    layout = registry()[weight_format].layout
    most = _LARGEST_SHARE.get(weight_format, _LARGEST_SHARE.get(layout, 1.0))
    if weight_format == "block_1x4":
        kept, what = counts.blocks, "blocks"
    else:
        kept, what = (counts.unusual if layout in _ANY_VALUE else counts.kept), "weights"
    if weight_format == "nm_block":
        columns = counts.matrix.shape[1]
        most += (1 - most) * (columns % 8) / columns
    if kept <= most or (weight_format in _CODED_GAPS and counts.gap_bits < _PATTERN_GAIN * counts.bits):
        return None
    return f"keeps {kept:.0%} of the {what}; above {most:.0%} this layout is larger and slower than dense"


def _wide_index(counts: _Counts, weight_format: str) -> str | None:
    distinct = int(np.count_nonzero(counts.values))
    return f"an index of {distinct} values takes 8 bits, as the weight itself" if distinct > 128 else None


def _above_huffman(counts: _Counts, weight_format: str) -> str | None:
    """tANS comes close to the entropy, but its table of values is larger than that of a Huffman code."""
    least = int(counts.bits / 8) + _TANS_SYMBOL_BYTES * int(np.count_nonzero(counts.values))
    # Kernels that read tans read ham, too: it is encoded once, for both.
    huffman = stored("ham", counts.matrix).nbytes
    if least < huffman:
        return None
    return f"takes {least} bytes or more; ham takes {huffman} and is faster"


#: format -> its own rule, in place of the share of kept entries
_RULES: Mapping[str, Callable[[_Counts, str], str | None]] = {"palette": _wide_index, "tans": _above_huffman}


def hopeless(op: Op, weight_format: str) -> str | None:
    """Why the format cannot win on the op's weights, or None when it may."""
    weights = getattr(op, "w", None)
    if not isinstance(weights, Const) or weight_format not in registry() or not weights.value.size:
        return None
    counts = _counts(weights, 2 if isinstance(op, DepthwiseConv2D) else 0)
    return _RULES.get(weight_format, _too_many_kept)(counts, weight_format)
