"""How the matrix of a convolution is read row by row: the tables and the work of every format that `rows` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.formats.common import gap_entries
from edgegen.formats.ham import stored_code
from edgegen.formats.huffman import Code
from edgegen.formats.nm_block import pattern_of
from edgegen.formats.sparse import GapCsr
from edgegen.formats.tans import bits_of
from edgegen.ir import Array
from edgegen.kernels import huffman_rows
from edgegen.kernels.fc_common import named, stored, widths
from edgegen.kernels.fc_joint_gap_sham import FullyConnectedJointGapSham
from edgegen.kernels.huffman_rows import cheapest, single_built, work_bytes
from edgegen.target import Target

#: instructions on a Cortex-M4 of each kind of a decoder's work, fitted to runs in QEMU
COSTS: Mapping[str, float] = {
    **huffman_rows.COSTS,
    "walk": 15.0,
    "step": 4.0,
    "gap and value": 22.5,
    "pair": 14.4,
    "pair or escape": 15.6,
    "escape": 75.0,
    "zero": 0.4,
    "bit": 0.9,
    "set bit": 6.0,
    "entry": 7.0,
    "index": 3.5,
    "peek": 4.8,
    "shifted peek": 7.8,
    "single index": 9.0,
    "int4": 1.9,
    "int2": 1.75,
    "plane": 2.55,
    "trit": 2.55,
    "cell": 5.0,
    "raw gap": 15.2,
    "block": 9.0,
    "placed": 4.5,
    "filled": 1.05,
    "state": 14.1,
    "share": 25.5,
    "column": 4.1,
    "gap": 2.5,
    "group": 8.4,
    "segment": 9.8,
    "filled segment": 5.0,
}
#: bits of the lookup tables built in RAM
LOOKUP_BITS = 9


@dataclass(frozen=True, eq=False)
class Rows:
    """A matrix to be decoded row by row.

    tables, params, context, suffix: as of fc_common.Packed. lookup: bytes of lookup tables in the workspace.
    work: how often decoding the whole matrix does what COSTS names.
    """

    tables: tuple[Table, ...]
    work: Mapping[str, float]
    params: Mapping[str, int] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""
    lookup: int = 0

    @property
    def instructions(self) -> float:
        """Predicted for a Cortex-M4."""
        return sum(COSTS[kind] * count for kind, count in self.work.items())


def ham(w: Array, target: Target, code: Code | None = None, most_bytes: int | None = None) -> Rows:
    """One or up to four weights per lookup, in a table that is built in RAM.

    code: one that several layers share and that holds every value of w; their tables of the code come out equal.
    most_bytes: of the lookup, as far as it can be that small.
    """
    encoded = stored("ham", w, code)
    code = stored_code(encoded, "value")
    if not code.longest:
        raise FormatError("the matrix holds a single value and has no codes to read; format palette holds two")
    decoding = cheapest(code, w, encoded.table("stream"), most_bytes)
    return Rows(
        named(encoded, "value_lengths", "stream"),
        work=decoding.work,
        params={"lookup_bits": decoding.bits},
        lookup=decoding.lookup_bytes + work_bytes(code),
        context={"single": decoding.single},
        suffix="single" if decoding.single else "",
    )


def gap_sham(w: Array, target: Target, code: Code | None = None) -> Rows:
    """A gap and a value per load, from lookup tables in RAM. code: of the values, shared with other layers."""
    encoded = stored("gap_sham", w, code)
    codes = {"gap": stored_code(encoded, "gap", signed=False), "value": stored_code(encoded, "value")}
    counts, entries = encoded.table("counts"), gap_entries(w, 255)
    gaps, values = _single(codes["gap"], entries.gaps), _single(codes["value"], entries.values)
    kinds = {kind: gaps.work[kind] + values.work[kind] for kind in gaps.work}
    return Rows(
        named(encoded, "counts", "gap_lengths", "value_lengths", "stream"),
        work={"gap and value": entries.values.size, "zero": w.size, **kinds},
        params={
            "gap_shift": 32 - gaps.bits,
            "value_shift": 32 - values.bits,
            "gap_codes": work_bytes(codes["gap"]) // 2,
        },
        suffix=widths(counts),
        lookup=gaps.lookup + values.lookup,
    )


@dataclass(frozen=True)
class _Single:
    """A lookup of one code of at most LOOKUP_BITS bits: bits, RAM, work beside that of an entry whose code it holds."""

    bits: int
    lookup: int
    work: Mapping[str, float]


def _single(code: Code, symbols: Array) -> _Single:
    bits = max(1, min(code.longest, LOOKUP_BITS), min(code.lengths, default=0))
    lengths = code.encode(symbols)[1]
    walked = lengths[lengths > bits] - bits
    work = {"walk": walked.size, "step": float((walked - 1).sum()), **single_built(code, bits)}
    return _Single(bits, (2 << bits) + work_bytes(code), work)


def joint_gap_sham(w: Array, target: Target) -> Rows:
    """Two pairs per load, from a table in flash of up to 2 KB."""
    packed = FullyConnectedJointGapSham(9).pack(w, target)
    pairs, kind = packed.tables[0].values, "pair or escape" if packed.context["escapes"] else "pair"
    return Rows(
        packed.tables,
        work={kind: 2.0 * float(pairs.sum()), "escape": packed.work["escape"], "zero": w.size},
        context=packed.context,
        suffix=packed.suffix,
    )


def bitmap(w: Array, target: Target) -> Rows:
    """A bit per weight."""
    work = {"bit": w.size, "zero": w.size, "set bit": float(np.count_nonzero(w))}
    return Rows(named(stored("bitmap", w), "bitmap", "values"), work=work)


def gap_csr(w: Array, target: Target) -> Rows:
    """Gaps and values of 8 bits."""
    encoded = GapCsr().encode_as(w, 8, 8)
    entries, counts = encoded.table("entries"), encoded.table("counts")
    return Rows(
        (Table("counts", counts), Table("entries", entries.view(np.int16))),
        work={"entry": entries.size, "zero": w.size},
        suffix=widths(counts),
    )


def palette(w: Array, target: Target) -> Rows:
    """An index per weight."""
    encoded = stored("palette", w)
    bits = encoded.scalar("bits")
    if not bits:
        raise FormatError("the matrix holds a single value and has no indices")
    (rows, columns), per_load = w.shape, 25 // bits
    return Rows(
        named(encoded, "codebook", "indices"),
        work={
            "index": rows * (columns - columns % per_load),
            # loads that keep to whole bytes need no shift
            "shifted peek" if bits * per_load % 8 else "peek": rows * (columns // per_load),
            "single index": rows * (columns % per_load),
        },
        params={"row_bytes": (columns * bits + 7) // 8},
        context={"bits": bits, "per_load": per_load},
        suffix=str(bits),
    )


def _fields(name: str, per_byte: int) -> Callable[[Array, Target], Rows]:
    def rows(w: Array, target: Target) -> Rows:
        params = {"row_bytes": (w.shape[1] + per_byte - 1) // per_byte}
        return Rows(named(stored(name, w), "weights"), work={name: w.size}, params=params)

    return rows


def ternary(w: Array, target: Target) -> Rows:
    """Two bits per weight."""
    encoded = stored("ternary", w)
    params = {"magnitude": encoded.scalar("magnitude")}
    return Rows(named(encoded, "fields"), work={"trit": w.size}, params=params)


def binary(w: Array, target: Target) -> Rows:
    """A bit per weight, from one plane."""
    encoded = stored("binary", w)
    zero, one = encoded.scalar("zero"), encoded.scalar("one")
    if zero == one:
        raise FormatError("the matrix holds a single value and has no plane; format ternary may hold it")
    params = {"zero": zero, "difference": one - zero}
    return Rows(named(encoded, "plane"), work={"plane": w.size}, params=params)


def csr(w: Array, target: Target) -> Rows:
    """A value and its column per non-zero."""
    tables = named(stored("csr", w), "values", "columns", "pointers")
    values, columns, pointers = (table.values for table in tables)
    return Rows(
        tables,
        work={"cell": values.size, "zero": w.size},
        context={"column_type": f"{columns.dtype}_t"},
        suffix=widths(columns, pointers),
    )


def sham(w: Array, target: Target, code: Code | None = None) -> Rows:
    """A raw gap and a coded value per entry; the code's lookup table is in RAM. code: shared with other layers."""
    encoded = stored("sham", w, code)
    code, values = stored_code(encoded, "value"), gap_entries(w, 255).values
    lookup = _single(code, values)
    return Rows(
        named(encoded, "counts", "gaps", "value_lengths", "stream"),
        work={"raw gap": values.size, "zero": w.size, **lookup.work},
        params={"value_shift": 32 - lookup.bits},
        suffix=widths(encoded.table("counts")),
        lookup=lookup.lookup,
    )


def block_1x4(w: Array, target: Target) -> Rows:
    """Four neighbouring weights at once."""
    tables = named(stored("block_1x4", w), "counts", "gaps", "blocks", "tail")
    counts, gaps, _, tail = (table.values for table in tables)
    work = {"block": gaps.size, "cell": tail.size, "zero": w.size}
    return Rows(tables, work=work, suffix=widths(counts))


def nm_block(w: Array, target: Target) -> Rows:
    """A place and a value per stored weight."""
    encoded = stored("nm_block", w)
    n, m, bits = pattern_of(encoded)
    placed = w.shape[0] * (w.shape[1] // m) * n
    return Rows(
        named(encoded, "places", "values", "tail"),
        work={"placed": placed, "cell": w.shape[0] * (w.shape[1] % m), "filled": w.size},
        context={"n": n, "m": m, "bits": bits},
        suffix=f"{n}of{m}",
    )


def tans(w: Array, target: Target) -> Rows:
    """Two weights per load; the table of states is built in RAM, with one counter per symbol behind it."""
    encoded = stored("tans", w)
    states, symbols = 1 << bits_of(encoded), encoded.table("symbols").size
    return Rows(
        named(encoded, "symbols", "shares", "stream"),
        work={"state": w.size, "share": states},
        params={
            "states": states,
            "symbols": symbols,
            "spread": (states >> 1) + (states >> 3) + 3,
            # a number of bits_of + 1 bits is not shifted at all
            "zeros_above": 31 - bits_of(encoded),
            "state": encoded.scalar("state"),
        },
        lookup=4 * states + 2 * symbols,
    )


def cser_mcu(w: Array, target: Target) -> Rows:
    """The most frequent value everywhere, then one value per group of columns."""
    encoded = stored("cser_mcu", w)
    gaps = encoded.scalar("gaps") != 0
    tables = named(encoded, "counts", "groups", "columns")
    counts, groups, columns = (table.values for table in tables)
    return Rows(
        tables,
        work={"gap" if gaps else "column": columns.size, "group": groups.size, "zero": w.size},
        params={"mode": encoded.scalar("mode")},
        context={"column_type": f"{columns.dtype}_t", "gaps": gaps},
        suffix=f"{widths(counts, columns)}{'g' if gaps else ''}",
    )


def _by_value(name: str, *names: str) -> Callable[[Array, Target], Rows]:
    def rows(w: Array, target: Target) -> Rows:
        encoded = stored(name, w)
        tables = named(encoded, *names)
        columns, omega, segments = (encoded.table(name) for name in ("columns", "omega", "segments"))
        if not columns.size:
            raise FormatError("the matrix holds a single value and has no segments to read; format ternary may hold it")
        return Rows(
            tables,
            work={
                "column": columns.size,
                "segment": segments.size,
                "filled segment": float(np.count_nonzero(np.diff(segments))),
                "zero": w.size,
            },
            context={"column_type": f"{columns.dtype}_t", "omega_type": f"{omega.dtype}_t"},
            suffix=widths(*(table.values for table in tables)),
        )

    return rows


#: format -> how its rows are decoded; templates/codings/rows_<format>.c.j2 has the C
DECODERS: Mapping[str, Callable[[Array, Target], Rows]] = {
    "ham": ham,
    "gap_sham": gap_sham,
    "joint_gap_sham": joint_gap_sham,
    "bitmap": bitmap,
    "gap_csr": gap_csr,
    "palette": palette,
    "int4": _fields("int4", 2),
    "int2": _fields("int2", 4),
    "ternary": ternary,
    "binary": binary,
    "csr": csr,
    "sham": sham,
    "block_1x4": block_1x4,
    "nm_block": nm_block,
    "tans": tans,
    "cser_mcu": cser_mcu,
    "cser": _by_value("cser", "omega", "columns", "groups", "segments", "rows"),
    "cer": _by_value("cer", "omega", "columns", "segments", "rows"),
}

#: those with a code of values that several layers may share
SHARED: Mapping[str, Callable[[Array, Target, Code], Rows]] = {"ham": ham, "sham": sham, "gap_sham": gap_sham}
