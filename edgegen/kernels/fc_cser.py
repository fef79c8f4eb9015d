"""fully_connected with weights as CER or CSER: one multiplication per distinct value and row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored, widths
from edgegen.target import Target


def require_exact(name: str, w: Array, mode: int) -> None:
    """Raise FormatError when a partial sum of mode * x and (w - mode) * x could leave 30 bits, whatever x is."""
    worst = 128 * (abs(mode) * w.shape[1] + int(np.abs(w.astype(np.int64) - mode).sum(axis=1).max()))
    if worst >= 1 << 30:
        raise FormatError(f"format {name}: partial sums reach {worst}, which the kernel's 32 bits do not hold safely")


class FullyConnectedCserMcu(CompressedFullyConnected):
    """Group headers of value and length, read in one go."""

    name = "groups"
    formats = ("cser_mcu",)
    template = "fc_cser_mcu.c.j2"
    code_bytes = 430
    costs: ClassVar[Mapping[str, float]] = {
        "column": 3.75,
        "gap": 5.9,
        "group": 11.2,
        "row": 30.0,
        "input": 3.0,
    }

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("cser_mcu", w)
        mode, gaps = encoded.scalar("mode"), encoded.scalar("gaps")
        require_exact("cser_mcu", w, mode)
        tables = named(encoded, "counts", "groups", "columns")
        counts, groups, columns = (t.values for t in tables)
        return Packed(
            tables,
            work={
                "gap" if gaps else "column": columns.size,
                "group": groups.size,
                "row": w.shape[0],
                "input": w.shape[1] if mode else 0,
            },
            params={"mode": mode},
            context={
                "column_type": f"{columns.dtype}_t",
                "column_bits": 8 * columns.dtype.itemsize,
                "mode": mode != 0,
                "gaps": gaps != 0,
            },
            suffix=f"{widths(counts, columns)}{'m' if mode else ''}{'g' if gaps else ''}",
        )


class FullyConnectedCser(CompressedFullyConnected):
    """The formats of the paper, pointers and all."""

    name = "groups"
    formats = ("cser",)
    template = "fc_cser.c.j2"
    _weight_format = "cser"
    code_bytes = 410
    costs: ClassVar[Mapping[str, float]] = {"column": 3.76, "segment": 8.0, "group": 11.7, "row": 26.0, "input": 3.3}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored(self._weight_format, w)
        omega = encoded.table("omega")
        require_exact(self._weight_format, w, int(omega[0]))
        indexed = self._weight_format == "cser"
        names = ("omega", "columns", *(("groups",) if indexed else ()), "segments", "rows")
        tables = named(encoded, *names)
        columns, segments = encoded.table("columns"), encoded.table("segments")
        if not columns.size:
            raise FormatError("the matrix holds a single value and has no segments to read; format ternary may hold it")
        return Packed(
            tables,
            work={
                "column": columns.size,
                "segment": segments.size,
                "group": float(np.count_nonzero(np.diff(segments))),
                "row": w.shape[0],
                "input": w.shape[1] if omega[0] else 0,
            },
            context={
                "column_type": f"{columns.dtype}_t",
                "column_bits": 8 * columns.dtype.itemsize,
                "omega_type": f"{omega.dtype}_t",
                "mode": int(omega[0]) != 0,
                "indexed": indexed,
            },
            suffix=widths(*(t.values for t in tables)) + ("m" if omega[0] else ""),
        )


class FullyConnectedCer(FullyConnectedCser):
    """CER: empty segments in place of value indices."""

    formats = ("cer",)
    _weight_format = "cer"


KERNELS = (FullyConnectedCserMcu(), FullyConnectedCser(), FullyConnectedCer())
