"""gap-sHAM: entropy-coded gaps and values of the non-zeros, with two codes or with one joint code over (gap, value)."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.bitstream import pack, windows
from edgegen.formats.common import Entries, gap_entries, place_entries, require_range, shape2, smallest_unsigned
from edgegen.formats.ham import ValueCoded, code_table, stored_code
from edgegen.formats.huffman import LIMIT, Code
from edgegen.ir import Array


class GapSham(ValueCoded):
    """One stream: for each entry the code of its gap, then the code of its value.

    counts: entries per row. Gaps are 0..255; a longer one is preceded by padding entries (255, 0).
    Scalars longest_gap, longest_value: bits of the longest codes.
    """

    name, layout, coding = "gap_sham", "csr", "huffman_gap_value"
    title = "gap-sHAM"

    def coded(self, w: Array) -> Array:
        return gap_entries(w, 255).values

    def encode(self, w: Array, code: Code | None = None) -> Encoded:
        """code: of the values; gaps have one of their own."""
        require_range(self.name, w, -128, 127)
        entries = gap_entries(w, 255)
        gap, value = Code.for_values(entries.gaps, self.limit), self.code_for(entries.values, code)
        codes = np.stack((gap.encode(entries.gaps), value.encode(entries.values)), axis=1)  # (2, which, entries)
        tables = (
            Table("counts", smallest_unsigned(entries.counts)),
            code_table("gap", gap),
            code_table("value", value),
            Table("stream", pack(codes[0].T.ravel(), codes[1].T.ravel())),
        )
        return Encoded(self.name, shape2(w), tables, (("longest_gap", gap.longest), ("longest_value", value.longest)))

    def decode(self, encoded: Encoded) -> Array:
        gap, value = stored_code(encoded, "gap", signed=False), stored_code(encoded, "value")
        gap_at, gap_bits = gap.at_every_bit(encoded.table("stream"))
        value_at, value_bits = value.at_every_bit(encoded.table("stream"))
        counts = encoded.table("counts").astype(np.int64)
        pairs: list[tuple[int, int]] = []
        at = 0
        for _ in range(int(counts.sum())):
            then = at + gap_bits[at]
            pairs.append((gap.symbols[gap_at[at]], value.symbols[value_at[then]]))
            at = then + value_bits[then]
        gaps, values = np.asarray(pairs, dtype=np.int64).reshape(-1, 2).T
        return place_entries(Entries(counts, gaps, values), encoded.shape)


#: the joint code's escape: sorts behind every pair of its length
ESCAPE = 1 << 16
#: bits that follow an escape: the step, then the value
RAW_BITS = 16


class JointGapSham(Format):
    """One code over pairs (step, value), step = gap + 1 = distance to the previous entry's column (-1 before a row).

    Steps are 1..255, longer ones are preceded by padding pairs (255, 0). Every row has an even number of pairs, so that
    a decoder takes two at a time: an odd row ends with the dummy (0, 0), which stays where it is. pairs: half the
    number of pairs per row. A symbol is step | (value & 255) << 8. Rare pairs have no code of their own: they are the
    escape symbol followed by 8 bits step and 8 bits value. Scalars: longest; escape, the escape's index in the
    canonical order (its table entry is 0), or -1.

    symbol_bits: what a symbol of the code is taken to cost when the escapes are chosen; 0 for a decoder whose lookup
    table has its full size anyway.
    """

    name, layout, coding = "joint_gap_sham", "csr", "huffman_joint"
    title = "joint gap-sHAM"

    def __init__(self, limit: int = LIMIT, symbol_bits: int = 16) -> None:
        self.limit = limit
        self.symbol_bits = symbol_bits

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        symbols, pairs = joint_symbols(w)
        code = best_joint_code(symbols, self.limit, self.symbol_bits)
        escaped = ~np.isin(symbols, np.asarray(code.symbols, dtype=np.int64))
        codes, lengths = code.encode(np.where(escaped, ESCAPE, symbols))
        raw = (symbols & 255) << 8 | symbols >> 8
        stream = pack(
            np.stack((codes, raw), axis=1).ravel(),
            np.stack((lengths, np.where(escaped, RAW_BITS, 0)), axis=1).ravel(),
        )
        stored = Table("pair_symbols", np.asarray(code.symbols, dtype=np.int64).astype(np.uint16))
        escape = code.symbols.index(ESCAPE) if ESCAPE in code.symbols else -1
        tables = (
            Table("pairs", smallest_unsigned(pairs)),
            stored,
            Table("pair_counts", code.counts),
            Table("stream", stream),
        )
        return Encoded(self.name, shape2(w), tables, (("longest", code.longest), ("escape", escape)))

    def decode(self, encoded: Encoded) -> Array:
        code = pair_code(encoded)
        index_at, bits_at = code.at_every_bit(encoded.table("stream"))
        raw_at = windows(encoded.table("stream"), RAW_BITS).tolist()
        at = 0
        w, escape = np.zeros(encoded.shape, dtype=np.int64), encoded.scalar("escape")
        for row, pairs in enumerate(encoded.table("pairs").tolist()):
            column = -1
            for _ in range(2 * pairs):
                index = index_at[at]
                at += bits_at[at]
                step, value = code.symbols[index] & 255, code.symbols[index] >> 8
                if index == escape:
                    step, value = raw_at[at] >> 8, raw_at[at] & 255
                    at += RAW_BITS
                column += step
                if step:
                    w[row, column] = (value ^ 128) - 128
        return w


def pair_code(encoded: Encoded) -> Code:
    """The stored code; the escape's symbol is 0 in it."""
    counts = encoded.table("pair_counts").astype(np.int64)
    symbols = tuple(encoded.table("pair_symbols").tolist())
    lengths = np.repeat(np.arange(1, counts.size + 1), counts).tolist()
    return Code(symbols, tuple(lengths or [0] * len(symbols)))


def joint_symbols(w: Array) -> tuple[Array, Array]:
    """The pairs of all rows as symbols, and half the number of pairs per row."""
    entries = gap_entries(w, 254)
    symbols = entries.gaps + 1 | (entries.values & 255) << 8
    ends = np.cumsum(entries.counts)
    odd = entries.counts % 2 == 1
    return np.insert(symbols, ends[odd], 0), (entries.counts + 1) // 2


def best_joint_code(symbols: Array, limit: int, symbol_bits: int) -> Code:
    """The code of least stream and table bits among those that escape the pairs seen at most t times, t = 0, 1, .."""
    values, counts = np.unique(symbols, return_counts=True)
    best, least = Code((), ()), None
    for threshold in range(int(counts.max(initial=0)) + 1):
        kept = counts > threshold
        if int(kept.sum()) + 1 > 1 << limit:
            continue
        rare = int(counts[~kept].sum())
        numbers = counts[kept].tolist() + ([rare] if rare else [])
        code = Code.for_counts(values[kept].tolist() + ([ESCAPE] if rare else []), numbers, limit)
        length = dict(zip(code.symbols, code.lengths, strict=True))
        stream = sum(length[int(v)] * int(c) for v, c in zip(values[kept], counts[kept], strict=True))
        total = stream + rare * (length.get(ESCAPE, 0) + RAW_BITS) + symbol_bits * len(code.symbols)
        if least is not None and total > least:
            break
        best, least = code, total
    return best


FORMATS: tuple[Format, ...] = (GapSham(), JointGapSham())
