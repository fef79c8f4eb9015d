"""The requantization of a DSP kernel: a proven form, named so that layers with the same sequence share their code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array
from edgegen.kernels.common import constant
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.requant_forms import Forms, Kind, accumulator_range, find

#: kernels multiply weights by up to 2**8: they fill an int16, and a product's high word keeps all of a sum's bits
PRE_SCALES = (8, 7, 6, 5)
#: right shifts that layers share code by, in order of preference
SHIFTS = (10, 12, 14)
#: forms from short to long, each with whether sums start with the bias
KINDS: tuple[tuple[Kind, bool], ...] = (
    ("smmla", False),
    ("smmla", True),
    ("smmla_asr", True),
    ("tie", True),
    ("tie_asr", True),
)
#: sums, times 2**pre_scale, with and without bias
LARGEST = (1 << 31) - 1


@dataclass(frozen=True, eq=False)
class Sequence:
    """What templates/kernels/dsp_asm.j2 needs of a form, and its constants.

    biased: sums start with the bias; else the constant makes up for it. shift: R of the layer (0 when per_channel: then
    it is the low byte of the multiplier, or with tie the third word). tie_shift: with tie and per_channel, negative
    accumulators lose 2**tie_shift. multiplier, constant, third (with tie only): int32 (channels,).
    """

    biased: bool
    tie: bool
    per_channel: bool
    shift: int
    lo: int
    hi: int
    instructions: int
    multiplier: Array
    constant: Array
    third: Array | None
    pre_scale: int
    #: what they were found in
    forms: Forms

    @property
    def tie_shift(self) -> int:
        return self.pre_scale - 1

    @property
    def words(self) -> tuple[Array, ...]:
        """multiplier, constant and, with tie, the third word."""
        return (self.multiplier, self.constant, *(() if self.third is None else (self.third,)))

    @property
    def name(self) -> str:
        """Part of a C name that determines the sequence."""
        kind = ("bias_" if self.biased else "") + ("tie_" if self.tie else "")
        kind += "asr" if self.per_channel else f"r{self.shift}"
        if self.tie and self.per_channel:
            kind += str(self.pre_scale)
        bounds = f"_{self.lo}_{self.hi}".replace("-", "m") if (self.lo, self.hi) != (-128, 127) else ""
        return kind + bounds


def sequence_of(requant: Requant, w: Array, bias: Array) -> Sequence | None:
    """The shortest proven sequence for accumulators ``w @ x + bias``, w: (channels, taps), x any int8; None if none.

    Sums that start from nothing save loading the bias, but few layers have a constant that makes up for it exactly.
    """
    lo, hi = accumulator_range(w, bias)
    return sequence_for(requant, lo, hi, bias.astype(np.int64))


def sequence_for(requant: Requant, lo: Array, hi: Array, bias: Array | None = None) -> Sequence | None:
    """The shortest proven sequence for accumulators from lo to hi, int64 (channels,); bias: the part left out."""
    largest = int(max(np.abs(lo).max(), np.abs(hi).max()))
    if bias is not None:
        largest = max(largest, int(np.abs(lo - bias).max()), int(np.abs(hi - bias).max()))
    scale = next((scale for scale in PRE_SCALES if largest << scale <= LARGEST), None)
    if scale is None:
        return None
    for kind, biased in KINDS:
        if not biased and bias is None:
            continue
        offset = None if biased else bias
        forms = find(requant, lo, hi, scale, (kind,), offset=offset, shifts=SHIFTS, embed=kind == "smmla_asr")
        if forms is not None:
            return _sequence(forms, biased, scale)
    return None


def _sequence(forms: Forms, biased: bool, scale: int) -> Sequence:
    return Sequence(
        biased=biased,
        tie=forms.tie,
        per_channel=forms.per_channel,
        shift=0 if forms.per_channel else forms.shift,
        lo=forms.lo,
        hi=forms.hi,
        instructions=forms.instructions,
        multiplier=forms.multiplier,
        constant=forms.constant,
        third=forms.third if forms.tie else None,
        pre_scale=scale,
        forms=forms,
    )


def fused_bias(sequence: Sequence, bias: Array) -> Array | None:
    """int32 start values of the sums, scaled; None when the sequence has the bias in its constant."""
    return (bias.astype(np.int64) << sequence.pre_scale).astype(np.int32) if sequence.biased else None


def halves(low: Array, high: Array) -> Array:
    """Pairs of int16 values as int32 words, low in the low half."""
    words = (low.astype(np.int64) & 0xFFFF) | ((high.astype(np.int64) & 0xFFFF) << 16)
    return words.astype(np.uint32).view(np.int32)


@lru_cache(maxsize=256)
def depthwise_sequence(node: DepthwiseConv2D) -> Sequence | None:
    """The shortest proven sequence for a layer; several kernels ask for the same one."""
    channels = node.w.type.shape[2]
    return sequence_of(node.requant, constant(node.w).reshape(-1, channels).T, constant(node.b))
