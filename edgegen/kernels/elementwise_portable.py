"""add, mul and lut in portable C."""

from __future__ import annotations

from math import prod

import numpy as np

from edgegen.formats.base import Table
from edgegen.ir import Const, Node
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import estimate, int16_params, int32_params, requantize_function
from edgegen.ops.add import Add
from edgegen.ops.lut import Lut
from edgegen.ops.mul import Mul
from edgegen.target import Target


def broadcast_steps(a: Node, b: Node) -> tuple[int, int] | None:
    """(inner, count): element i of a meets element (i // inner) % count of b; None when no such pair describes it.

    Covers equal shapes, scalars, per-channel vectors, and blocks like (n, h, w, 1).
    """
    shape_a = a.type.shape
    shape_b = (1,) * (len(shape_a) - len(b.type.shape)) + b.type.shape
    real = [axis for axis, size in enumerate(shape_b) if size > 1]
    if not real:
        return prod(shape_a), 1
    first, last = real[0], real[-1]
    if shape_b[first : last + 1] != shape_a[first : last + 1]:
        return None
    return prod(shape_a[last + 1 :]), prod(shape_a[first : last + 1])


def operand_tables(a: Node, b: Node) -> tuple[tuple[Table, ...], list[str]]:
    """Tables for constant operands, and the C parameters for both in the order of the call: tables, then tensors."""
    names = {"a": a, "b": b}
    tables = tuple(
        Table(name, np.ravel(node.value).astype(np.int8)) for name, node in names.items() if isinstance(node, Const)
    )
    order = [t.name for t in tables] + [name for name, node in names.items() if not isinstance(node, Const)]
    return tables, [f"const int8_t *{name}" for name in order]


def kind(a: Node, b: Node) -> str:
    """Part of the symbol that says which operands are constants: it decides the order of C parameters."""
    return ("c" if isinstance(a, Const) else "x") + ("c" if isinstance(b, Const) else "x")


def size_params(node: Add | Mul) -> tuple[Param, ...]:
    """count of outputs, and how b is walked."""
    steps = broadcast_steps(node.a, node.b)
    if steps is None:
        raise node.error("b's broadcast has no block form")
    return int32_params(count=node.type.size, b_inner=steps[0], b_count=steps[1])


def broadcast_reason(node: Add | Mul) -> str | None:
    """Why the operands' shapes cannot be walked, or None."""
    if broadcast_steps(node.a, node.b) is None:
        return f"b of shape {node.b.type.shape} broadcasts to {node.a.type.shape} along separate axes"
    return None


class _InPlace(Kernel):
    def in_place(self, node: Add | Mul) -> tuple[int, ...]:
        """Operands of the output's size; element i of them is read before y[i] is written."""
        data = node.data_operands
        return tuple(i for i, operand in enumerate(data) if operand.type.nbytes == node.type.nbytes)


class AddPortable(_InPlace):
    """TFLite's ADD: both operands shifted left by 20 and rescaled, the sum rescaled."""

    name = "portable"
    op = Add

    def accepts(self, node: Add, target: Target) -> str | None:
        return broadcast_reason(node)

    def lower(self, node: Add, weight_format: str, target: Target) -> Lowered:
        tables, operands = operand_tables(node.a, node.b)
        q = node.requant
        return Lowered(
            Function(
                f"add_s8_portable_{kind(node.a, node.b)}_{q.rounding}",
                "add_portable.c.j2",
                {"operands": operands, "requantize": requantize_function(q)},
                code_bytes=250,
            ),
            size_params(node)
            + int32_params(
                a_multiplier=node.a_scale.multiplier, b_multiplier=node.b_scale.multiplier, multiplier=q.multiplier[0]
            )
            + int16_params(
                a_zero=node.a_scale.zero_point,
                b_zero=node.b_scale.zero_point,
                a_shift=node.a_scale.shift,
                b_shift=node.b_scale.shift,
                shift=q.shift[0],
                left_shift=node.left_shift,
                zero_point=q.zero_point,
                lo=q.lo,
                hi=q.hi,
            ),
            tables,
            runtime=("eg_requant.h",),
            instructions=estimate(target, add_output=node.type.size),
        )


class MulPortable(_InPlace):
    """Product of the values without their zero points, rescaled."""

    name = "portable"
    op = Mul

    def accepts(self, node: Mul, target: Target) -> str | None:
        return broadcast_reason(node)

    def lower(self, node: Mul, weight_format: str, target: Target) -> Lowered:
        tables, operands = operand_tables(node.a, node.b)
        q = node.requant
        return Lowered(
            Function(
                f"mul_s8_portable_{kind(node.a, node.b)}_{q.rounding}",
                "mul_portable.c.j2",
                {"operands": operands, "requantize": requantize_function(q)},
                code_bytes=180,
            ),
            size_params(node)
            + int32_params(multiplier=q.multiplier[0])
            + int16_params(
                a_zero=node.a_zero, b_zero=node.b_zero, shift=q.shift[0], zero_point=q.zero_point, lo=q.lo, hi=q.hi
            ),
            tables,
            runtime=("eg_requant.h",),
            instructions=estimate(target, mul_output=node.type.size),
        )


class LutPortable(Kernel):
    """One table look-up per element."""

    name = "portable"
    op = Lut

    def lower(self, node: Lut, weight_format: str, target: Target) -> Lowered:
        return Lowered(
            Function("lut_s8_portable", "lut_portable.c.j2", code_bytes=40),
            int32_params(count=node.type.size),
            (Table("table", np.array(node.table, dtype=np.int8)),),
            instructions=estimate(target, lut_output=node.type.size),
        )

    def in_place(self, node: Lut) -> tuple[int, ...]:
        return (0,)


KERNELS = (AddPortable(), MulPortable(), LutPortable())
