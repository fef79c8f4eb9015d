"""Bytes of constants as the generated C has them."""

from __future__ import annotations

import re

from edgegen.build import Build
from edgegen.kernels.base import params_bytes

_BYTES = {"8": 1, "16": 2, "32": 4, "64": 8}


def arrays(build: Build) -> dict[str, int]:
    """Symbol -> bytes of every table in the generated C."""
    text = build.files[f"{build.prefix}_weights.h"].decode()
    found = re.findall(r"^static const u?int(\d+)_t (\w+)\[(\d+)\] EG_ALIGN", text, re.MULTILINE)
    return {symbol: _BYTES[width] * int(count) for width, symbol, count in found}


def constants(build: Build) -> int:
    """Bytes of all arrays and parameter structs, each padded to 4."""
    every = [step.choice.chosen.lowered for step in build.plan.steps]
    every += [outer.inner for outer in every if outer.inner is not None]
    return sum((size + 3) // 4 * 4 for size in arrays(build).values()) + sum(params_bytes(e.params) for e in every)
