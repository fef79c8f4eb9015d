"""fully_connected with Huffman-coded non-zeros: sHAM (raw gaps) and gap-sHAM (coded gaps)."""

from __future__ import annotations

from edgegen.formats.ham import stored_code
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, Reader, named, stored, widths
from edgegen.target import Target

#: instructions that a code longer than its lookup costs, and that the test for it costs
WALK, TEST = 20.0, 2.0


class FullyConnectedSham(CompressedFullyConnected):
    """Two entries per load of the stream."""

    formats = ("sham",)
    template = "fc_sham.c.j2"
    code_bytes = 330

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("sham", w)
        reader = Reader.of(stored_code(encoded, "value"), self.bits)
        counts = encoded.table("counts")
        each = 12.5 + reader.cost(WALK, TEST)
        return Packed(
            (*named(encoded, "counts", "gaps"), *reader.tables("value"), *named(encoded, "stream")),
            instructions=each * float(counts.sum()) + 15.0 * w.shape[0],
            params={"value_shift": 32 - reader.bits},
            context={"walks": reader.walks},
            suffix=f"{widths(counts)}{'w' if reader.walks else ''}",
        )


class FullyConnectedGapSham(CompressedFullyConnected):
    """A gap and a value per load of the stream."""

    formats = ("gap_sham",)
    template = "fc_gap_sham.c.j2"
    code_bytes = 280

    def __init__(self, bits: int) -> None:
        self.name = f"lut{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("gap_sham", w)
        gap, value = (Reader.of(stored_code(encoded, name), self.bits) for name in ("gap", "value"))
        counts = encoded.table("counts")
        each = 21.0 + gap.cost(WALK, TEST) + value.cost(WALK, TEST)
        return Packed(
            (*named(encoded, "counts"), *gap.tables("gap"), *value.tables("value"), *named(encoded, "stream")),
            instructions=each * float(counts.sum()) + 10.0 * w.shape[0],
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
