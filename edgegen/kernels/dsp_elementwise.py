"""add and mul for the DSP extension."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edgegen.add_search import AddForm, search
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import int32_params
from edgegen.kernels.dsp_requant import Sequence, sequence_for
from edgegen.kernels.elementwise_portable import broadcast_steps, kind, operand_tables
from edgegen.ops.add import Add
from edgegen.ops.mul import Mul
from edgegen.target import Target


def row_params(node: Add | Mul) -> tuple[Param, ...] | None:
    """rows, elements of each, and b's step from row to row; None when b is not walked along with a."""
    steps = broadcast_steps(node.a, node.b)
    if steps is None or steps[0] != 1:
        return None
    rows = node.type.size // steps[1]
    return int32_params(rows=rows, count=steps[1], b_step=steps[1] if rows == 1 else 0)


def refuse(node: Add | Mul, target: Target) -> str | None:
    """Why neither kernel takes the node, or None."""
    if not target.has("dsp"):
        return "the target has no DSP extension"
    if row_params(node) is None:
        return f"b of shape {node.b.type.shape} does not run along with the last axes of {node.a.type.shape}"
    return None


def bounds_name(lo: int, hi: int) -> str:
    """Part of a C name: nothing for all of int8."""
    return "" if (lo, hi) == (-128, 127) else f"_{lo}_{hi}".replace("-", "m")


def walk_cost(node: Add | Mul, per_four: float, per_rest: float) -> float:
    """Instructions of all rows."""
    params = row_params(node)
    assert params is not None, "only for accepted nodes"
    rows, count = int(params[0].value), int(params[1].value)
    return rows * (per_four * (count // 4) + per_rest * (count % 4) + 22) + 60


class _InPlace(Kernel):
    def in_place(self, node: Add | Mul) -> tuple[int, ...]:
        """Operands of the output's size; an element is read before its output is written."""
        data = node.data_operands
        return tuple(i for i, operand in enumerate(data) if operand.type.nbytes == node.type.nbytes)


class AddDsp(_InPlace):
    """Two multiplications and one saturating shift: the form of edgegen.add_search."""

    name = "dsp"
    op = Add

    def accepts(self, node: Add, target: Target) -> str | None:
        reason = refuse(node, target)
        if reason is None and _form(node) is None:
            reason = "no slopes reproduce this layer on all pairs of values"
        return reason

    def lower(self, node: Add, weight_format: str, target: Target) -> Lowered:
        form, rows = _form(node), row_params(node)
        assert form is not None and rows is not None, "lower() is only called on accepted nodes"
        tables, operands = operand_tables(node.a, node.b)
        extra = 3 * (form.lo > -128) + 3 * (form.hi < 127) + (0 if form.even is None else 2 + form.even)
        even = "" if form.even is None else ("_even", "_odd")[form.even]
        return Lowered(
            Function(
                f"add_s8_dsp_{kind(node.a, node.b)}_r{form.shift}{even}{bounds_name(form.lo, form.hi)}",
                "dsp_add.c.j2",
                {"operands": operands, "q": form},
                code_bytes=330 + 20 * extra,
            ),
            (*int32_params(slope_a=form.slope_a, slope_b=form.slope_b, constant=form.constant), *rows),
            tables,
            runtime=("eg_dsp.h",),
            instructions=walk_cost(node, 25.5 + 4 * extra, 14),
        )


class MulDsp(_InPlace):
    """The product of the shifted operands, requantized by a short proven sequence."""

    name = "dsp"
    op = Mul

    def accepts(self, node: Mul, target: Target) -> str | None:
        reason = refuse(node, target)
        if reason is None and _product_sequence(node) is None:
            reason = "no short requantization is exact for this layer"
        return reason

    def lower(self, node: Mul, weight_format: str, target: Target) -> Lowered:
        sequence, rows = _product_sequence(node), row_params(node)
        assert sequence is not None and rows is not None, "lower() is only called on accepted nodes"
        tables, operands = operand_tables(node.a, node.b)
        scale = 1 << sequence.pre_scale
        words = [int(word[0]) for word in sequence.words]
        names = ("multiplier", "constant", "third")
        return Lowered(
            Function(
                f"mul_s8_dsp_{kind(node.a, node.b)}_{sequence.name}_{sequence.pre_scale}",
                "dsp_mul.c.j2",
                {"operands": operands, "q": sequence},
                code_bytes=320 + 20 * (sequence.instructions - 2),
            ),
            (
                *int32_params(scale=scale, offset_a=-node.a_zero * scale, offset_b=-node.b_zero),
                *int32_params(**dict(zip(names, words, strict=False))),
                *rows,
            ),
            tables,
            runtime=("eg_dsp.h",),
            instructions=walk_cost(node, 27 + 4 * sequence.instructions, 20),
        )


@lru_cache(maxsize=64)
def _form(node: Add) -> AddForm | None:
    return search(node)


def _product_sequence(node: Mul) -> Sequence | None:
    ends = [(a - node.a_zero) * (b - node.b_zero) for a in (-128, 127) for b in (-128, 127)]
    return sequence_for(node.requant, np.array([min(ends)]), np.array([max(ends)]))


KERNELS = (AddDsp(), MulDsp())
