"""What the stream of the register tile holds beside weights, per output channel, as small as it goes.

A stream (dsp_gemm.py) has 16 bytes of start values and 8 or 12 of requantization per channel. Here a channel is a bias
of two bytes, where all biases fit after a multiple of the sum of the channel's weights is taken out (the folded zero
point of the input is such a multiple), and a multiplier; the other constants go by the multiplier's length, or by a
number of two bytes (requant_shared.py). templates/kernels/conv2d_unpack_pair.c.j2 makes the stream of them, and
describes the table.
"""

from __future__ import annotations

import numpy as np

from edgegen.errors import FormatError
from edgegen.fixedpoint import Requant
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.common import INT16_MAX
from edgegen.kernels.dsp_gemm import Gemm
from edgegen.requant_forms import accumulator_range
from edgegen.requant_shared import classes

#: factors of the sum of weights that leave a bias: with byte pairs 256 times the factor is a halfword
_FACTORS = np.arange(-127, 128)
#: the input's offset in the tile's byte pairs
_OFFSET = 127


def channels_table(w: Array, bias: Array, requant: Requant, gemm: Gemm) -> Table:
    """w: (rows, columns) int8 in the driver's order. Raises FormatError when channels have scales of their own."""
    if np.ptp(gemm.forms.pre_scale):
        raise FormatError("channels have weights of different scales")
    factor, rest = _split(w, bias)
    wide = bool(np.abs(rest).max(initial=0) > INT16_MAX)
    shared = classes(requant, *accumulator_range(w, bias), gemm.forms)
    columns = [_halves(rest[:, None]) if wide else rest[:, None], _halves(shared.multiplier[:, None])]
    if shared.first is None:
        columns.append(shared.index[:, None])
    record = np.concatenate(columns, axis=1)
    common = _halves(shared.words).ravel()
    if 8 + common.size > INT16_MAX:
        raise FormatError(f"{len(shared.words)} constants of requantization are too many")
    factors = (_OFFSET + factor, 256 * factor) if gemm.bits == 8 else (factor, 1 << int(gemm.forms.pre_scale[0]))
    first = -1 if shared.first is None else shared.first
    head = (record.shape[1], 8 + common.size, gemm.groups, *factors, int(wide), shared.words.shape[1], first)
    halves = np.concatenate([np.array(head, dtype=np.int64), common, record.ravel()])
    return Table("channels", halves.astype(np.uint16).view(np.int16))


def _split(w: Array, bias: Array) -> tuple[int, Array]:
    """(factor, bias - factor * sums of weights) with the smallest rest."""
    sums = w.astype(np.int64).sum(axis=1)
    rests = bias.astype(np.int64) - _FACTORS[:, None] * sums
    best = int(np.abs(rests).max(axis=1, initial=0).argmin())
    return int(_FACTORS[best]), rests[best]


def _halves(words: Array) -> Array:
    """(rows, n) words as (rows, 2 n) unsigned halfwords, low first."""
    wide = words.astype(np.int64)
    return np.stack([wide & 0xFFFF, (wide >> 16) & 0xFFFF], axis=2).reshape(len(words), -1)
