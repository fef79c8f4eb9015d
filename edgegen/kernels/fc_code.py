"""fully_connected as straight-line code: the weights are its instructions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded
from edgegen.formats.base import get as get_format
from edgegen.ir import Array
from edgegen.kernels.base import Lowered
from edgegen.kernels.common import constant
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed
from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import Target

#: more elements would take a compiler minutes
MOST_ELEMENTS = 20000


class FullyConnectedCode(CompressedFullyConnected):
    """Per row and magnitude one sum of inputs and one multiplication; accumulators in the workspace."""

    name = "straight"
    formats = ("code",)
    template = "fc_code.c.j2"
    costs: ClassVar[Mapping[str, float]] = {"element": 1.87, "group": 1.0, "row": 0.0}

    def pack(self, w: Array, target: Target) -> Packed:
        nonzeros = int(np.count_nonzero(w))
        if nonzeros > MOST_ELEMENTS:
            raise FormatError(f"format code is for up to {MOST_ELEMENTS} non-zeros, the matrix has {nonzeros}")
        encoded = get_format("code").checked(w)
        groups = encoded.table("groups").size // 2
        inputs = min(4, int(np.count_nonzero(w, axis=1).max()))
        variables = ["a", *(["t"] if inputs else []), *(f"u{i}" for i in range(inputs))]
        return Packed(
            (),
            work={"element": nonzeros, "group": groups, "row": w.shape[0]},
            context={"rows": statements(encoded), "variables": ", ".join(variables)},
            suffix=hashlib.sha256(repr((w.shape, w.tobytes())).encode()).hexdigest()[:12],
        )

    def lower(self, node: FullyConnected, weight_format: str, target: Target) -> Lowered:
        lowered = super().lower(node, weight_format, target)
        code_bytes = get_format("code").encode(constant(node.w)).nbytes
        return replace(
            lowered,
            function=replace(lowered.function, code_bytes=code_bytes + 150),
            workspace=4 * int(node.w.type.shape[0]),
        )


def statements(encoded: Encoded) -> tuple[tuple[str, ...], ...]:
    """Per row, lines of C: the inputs in fours, each added to its group's sum t, each sum times its magnitude to a."""
    groups = encoded.table("groups").reshape(-1, 2).tolist()
    columns = encoded.table("columns").tolist()
    rows: list[tuple[str, ...]] = []
    group = at = 0
    for count in encoded.table("counts").tolist():
        elements: list[tuple[int, str]] = []
        for magnitude, length in groups[group : group + count]:
            ends = f" a += t * {magnitude};" if magnitude > 1 else " a += t;"
            for i, column in enumerate(columns[at : at + length]):
                sign = "-" if column < 0 else "" if i == 0 else "+"
                step = f"t {sign}= u;" if i else f"t = {sign}u;"
                elements.append((abs(column) - 1, step + (ends if i + 1 == length else "")))
            at += length
        group += count
        rows.append(tuple(_in_fours(elements)))
    return tuple(rows)


def _in_fours(elements: list[tuple[int, str]]) -> Iterator[str]:
    for start in range(0, len(elements), 4):
        four = elements[start : start + 4]
        loads = [f"u{i} = x[{column}];" for i, (column, _) in enumerate(four)]
        together = ["EG_TOGETHER(u0, u1, u2, u3);"] if len(four) == 4 else []
        uses = [step.replace("u;", f"u{i};", 1) for i, (_, step) in enumerate(four)]
        yield " ".join(loads + together + uses)


KERNELS = (FullyConnectedCode(),)
