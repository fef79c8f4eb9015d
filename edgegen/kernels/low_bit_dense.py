"""threshold_dense and accumulate_dense: portable C, and bits where weights and inputs are -1, 0 and 1."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.ir import Array, Op
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import INT16_MAX, constant, int32_params
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.passes.levels import levels
from edgegen.target import Target

#: thresholds of a row that are compared one by one; more are searched by halving
_MOST_COMPARED = 8
# Instructions, fitted to what a Cortex-M4 executes.
#: portable: a product, a row
_PORTABLE = {"int8": (5.0, 11.4), "int4": (6.25, 25.0), "int2": (4.8, 31.5)}
#: two rows with SMLAD: a group of columns, one of the rest
_DSP = {"int8": (28.0, 9.0), "int4": (26.0, 21.7), "int2": (48.0, 21.7)}
_DSP_PAIR, _DSP_CHUNK = 66.0, 17.0
#: (weights hold zeros, inputs hold zeros) -> three words of a row, one of the rest, an input
_BITS = {(False, False): (38.0, 15.5, 6.3), (True, False): (48.5, 19.0, 6.3), (False, True): (48.5, 17.0, 16.3)}
_BITS_ROW = 10.0
#: thresholds one by one: of a row, of each; searched: of a row, of each halving
_COMPARED, _SEARCHED = (11.0, 9.0), (18.0, 10.5)
_CALL = 40.0


class LowBitDense(Kernel):
    """What the kernels of both ops share."""

    def thresholds(self, node: Any) -> tuple[str, tuple[Table, ...], tuple[Param, ...]]:
        """(C type, tables, parameters) of the levels; ("", (), ()) for sums that leave as they are."""
        if not isinstance(node, ThresholdDense):
            return "", (), ()
        t = constant(node.t)
        _, high = node.accumulator_range()
        short = high < INT16_MAX and bool((np.abs(t[t < NEVER].astype(np.int64)) <= INT16_MAX).all())
        stored = np.minimum(t, INT16_MAX).astype(np.int16) if short else t
        tables = Table("thresholds", stored.ravel()), Table("base", constant(node.base))
        return f"{stored.dtype}_t", tables, int32_params(levels=t.shape[1], step=node.step)

    def finish(self, node: Any, symbol: str, template: str, tables: tuple[Table, ...], **lowered: Any) -> Lowered:
        """The lowered node for the tables of the weights; `lowered` has context, instructions, workspace, runtime.

        instructions: of one item, without what the thresholds take.
        """
        c_type, more, params = self.thresholds(node)
        levels_count = node.t.type.shape[1] if c_type else 0
        search = levels_count > _MOST_COMPARED
        rows, columns = node.w.type.shape
        name = f"{node.op_name}_s8_{symbol}"
        if c_type:
            name += f"_{c_type.removesuffix('_t')}{'_search' if search else ''}"
        context = {"op": node.op_name, "threshold_type": c_type, "search": search, **lowered.pop("context")}
        fixed, each = _SEARCHED if search else _COMPARED
        per_row = fixed + each * (levels_count.bit_length() if search else levels_count) if c_type else 0.0
        batch = node.x.type.shape[0]
        return Lowered(
            Function(name, template, context, code_bytes=260),
            int32_params(batch=batch, rows=rows, columns=columns) + params,
            (*tables, *more),
            instructions=batch * (lowered.pop("instructions") + per_row * rows) + _CALL,
            weight_bytes=sum(table.nbytes for table in tables),
            **lowered,
        )


class PortableLowBitDense(LowBitDense):
    """Weights of 8, 4 or 2 bits as [row][column], any int8 input."""

    name = "portable"
    formats = ("int8", "int4", "int2")

    def lower(self, node: Any, weight_format: str, target: Target) -> Lowered:
        encoded = get_format(weight_format).checked(constant(node.w))
        bits = int(weight_format.removeprefix("int"))
        product, row = _PORTABLE[weight_format]
        context = {
            "format": weight_format,
            "weight_type": "int8_t" if bits == 8 else "uint8_t",
            "bits": bits,
            "group": 32 // bits,
            "mask": (1 << bits) - 1,
            "half": 1 << (bits - 1),
        }
        return self.finish(
            node,
            f"portable_{weight_format}",
            "low_bit_dense_portable.c.j2",
            encoded.tables,
            context=context,
            instructions=product * node.w.type.size + row * node.w.type.shape[0],
        )


class DspLowBitDense(LowBitDense):
    """Two rows at a time with SMLAD: fields of 4 and 2 bits are masked, not widened. Any int8 input."""

    name = "dsp"
    formats = ("int8", "int4", "int2")

    def accepts(self, node: Any, target: Target) -> str | None:
        return None if target.has("dsp") else "the core has no DSP extension"

    def lower(self, node: Any, weight_format: str, target: Target) -> Lowered:
        encoded = get_format(weight_format).checked(constant(node.w))
        bits = int(weight_format.removeprefix("int"))
        fields = 8 // bits
        group = 8 if bits == 8 else 4 * fields
        # |sum| <= chunk * group * 2**(bits - 1) * 128 * 2**scale stays below 2**31
        scale = 16 - bits if bits < 8 else 0
        chunk = ((1 << 31) - 1) // (group << (bits + 6 + scale))
        mask = ((1 << bits) - 1) << scale
        rows, columns = node.w.type.shape
        of_group, of_rest = _DSP[weight_format]
        pairs, whole, rest = (rows + 1) // 2, columns // group, columns % group
        context = {
            "weight_type": "int8_t" if bits == 8 else "uint8_t",
            "bits": bits,
            "fields": fields,
            "group": group,
            "loads": group // 4,
            "scale": scale,
            "chunk": chunk,
            "mask_word": f"0x{mask << 16 | mask:08X}U" if bits < 8 else "0U",
            "mask": (1 << bits) - 1,
            "half": 1 << (bits - 1),
        }
        return self.finish(
            node,
            f"dsp_{weight_format}",
            "low_bit_dense_dsp.c.j2",
            encoded.tables,
            context=context,
            instructions=pairs * (of_group * whole + of_rest * rest + _DSP_PAIR + _DSP_CHUNK * -(-whole // chunk)),
            runtime=("eg_runtime.h",),
        )


def packed_bits(bits: Array) -> Array:
    """(rows, columns) bool -> (rows, words) uint32: column i in bit i % 32 of word i // 32, unused bits 0."""
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 32)))
    packed = np.packbits(padded, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u4").astype(np.uint32)


class BitsLowBitDense(LowBitDense):
    """Weights and inputs of -1 and 1; either, but not both, may also be 0."""

    name = "bits"
    formats = ("binary", "ternary")

    def accepts(self, node: Any, target: Target) -> str | None:
        values = levels(node.x)
        if values[0] < -1 or values[-1] > 1:
            return f"its input holds {values[0]}..{values[-1]}; the bits kernel takes -1, 0 and 1"
        w = constant(node.w)
        if w.size and (w.min() < -1 or w.max() > 1):
            return f"its weights are {w.min()}..{w.max()}; the bits kernel takes -1, 0 and 1"
        if (w == 0).any() and 0 in values:
            return "both its input and its weights hold zeros; the bits kernel takes them in one"
        if w.shape[1] > INT16_MAX:
            return f"it sums {w.shape[1]} products; the bits kernel takes at most {INT16_MAX}"
        return None

    def lower(self, node: Any, weight_format: str, target: Target) -> Lowered:
        w = constant(node.w)
        weights_zero, inputs_zero = weight_format == "ternary", 0 in levels(node.x)
        if weights_zero and inputs_zero:
            raise FormatError("the bits kernel takes ternary weights with inputs of -1 and 1 only")
        if not weights_zero and (w == 0).any():
            raise FormatError("format binary holds -1 and 1 here; the weights hold zeros")
        get_format(weight_format).checked(w)
        negative = packed_bits(w < 0)
        tables = [Table("negative", negative.ravel())]
        if weights_zero:
            ones = (w != 0).sum(axis=1).astype(np.int16)
            tables += [Table("not_zero", packed_bits(w != 0).ravel()), Table("ones", ones)]
        rows, words = negative.shape
        kind = f"bits_{weight_format}_{'ternary' if inputs_zero else 'binary'}"
        of_three, of_rest, of_input = _BITS[weights_zero, inputs_zero]
        return self.finish(
            node,
            kind,
            "low_bit_dense_bits.c.j2",
            tuple(tables),
            context={"weights_zero": weights_zero, "inputs_zero": inputs_zero},
            instructions=rows * (_BITS_ROW + of_three * (words // 3) + of_rest * (words % 3)) + of_input * w.shape[1],
            workspace=4 * words * (2 if inputs_zero else 1),
            runtime=("eg_binary.h",),
        )


class ThresholdDensePortable(PortableLowBitDense):
    """threshold_dense in portable C."""

    op: ClassVar[type[Op]] = ThresholdDense


class ThresholdDenseDsp(DspLowBitDense):
    """threshold_dense with SMLAD."""

    op: ClassVar[type[Op]] = ThresholdDense


class ThresholdDenseBits(BitsLowBitDense):
    """threshold_dense by exclusive or and population count."""

    op: ClassVar[type[Op]] = ThresholdDense


class AccumulateDensePortable(PortableLowBitDense):
    """accumulate_dense in portable C."""

    op: ClassVar[type[Op]] = AccumulateDense


class AccumulateDenseDsp(DspLowBitDense):
    """accumulate_dense with SMLAD."""

    op: ClassVar[type[Op]] = AccumulateDense


class AccumulateDenseBits(BitsLowBitDense):
    """accumulate_dense by exclusive or and population count."""

    op: ClassVar[type[Op]] = AccumulateDense


KERNELS = (
    ThresholdDensePortable(),
    ThresholdDenseBits(),
    ThresholdDenseDsp(),
    AccumulateDensePortable(),
    AccumulateDenseBits(),
    AccumulateDenseDsp(),
)
