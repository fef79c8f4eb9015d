"""fully_connected with Huffman-coded non-zeros: sHAM (raw gaps) and gap-sHAM (coded gaps)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from edgegen.formats.common import gap_entries
from edgegen.formats.ham import stored_code
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.fc_common import CodedFullyConnected, Packed, Reader, named, stored, widths
from edgegen.target import Target


class FullyConnectedSham(CodedFullyConnected):
    """Two entries per load of the stream."""

    formats = shared_formats = ("sham",)
    template = "fc_sham.c.j2"
    code_bytes = 660
    costs: ClassVar[Mapping[str, float]] = {"entry": 14.0, "test": 3.0, "walk": 15.0, "step": 6.0, "row": 45.0}

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded = stored("sham", w, code)
        code = stored_code(encoded, "value")
        reader = Reader.of(code, self.bits)
        counts = encoded.table("counts")
        lengths = code.encode(gap_entries(w, 255).values)[1]
        return Packed(
            (*named(encoded, "counts", "gaps"), *reader.tables("value"), *named(encoded, "stream")),
            work={"entry": lengths.size, "row": w.shape[0], **reader.work(lengths)},
            params={"value_shift": 32 - reader.bits},
            context={"walks": reader.walks},
            suffix=f"{widths(counts)}{'w' if reader.walks else ''}",
        )


class FullyConnectedGapSham(CodedFullyConnected):
    """A gap and a value per load of the stream."""

    formats = shared_formats = ("gap_sham",)
    template = "fc_gap_sham.c.j2"
    code_bytes = 460
    costs: ClassVar[Mapping[str, float]] = {"entry": 18.6, "test": 2.8, "walk": 16.0, "step": 6.2, "row": 45.0}

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        encoded = stored("gap_sham", w, code)
        codes = [stored_code(encoded, "gap", signed=False), stored_code(encoded, "value")]
        gap, value = (Reader.of(code, self.bits) for code in codes)
        counts, entries = encoded.table("counts"), gap_entries(w, 255)
        more = [
            reader.work(code.encode(symbols)[1])
            for reader, code, symbols in zip((gap, value), codes, (entries.gaps, entries.values), strict=True)
        ]
        kinds = {kind: sum(work.get(kind, 0.0) for work in more) for kind in ("test", "walk", "step")}
        return Packed(
            (*named(encoded, "counts"), *gap.tables("gap"), *value.tables("value"), *named(encoded, "stream")),
            work={"entry": entries.gaps.size, "row": w.shape[0], **kinds},
            params={"gap_shift": 32 - gap.bits, "value_shift": 32 - value.bits},
            context={"gap_walks": gap.walks, "value_walks": value.walks},
            suffix=f"{widths(counts)}{'g' if gap.walks else ''}{'v' if value.walks else ''}",
        )


KERNELS = (
    FullyConnectedSham(6),
    FullyConnectedSham(12),
    FullyConnectedGapSham(5),
    FullyConnectedGapSham(8),
    FullyConnectedGapSham(12),
)
