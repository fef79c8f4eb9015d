"""What the fully connected kernels of compressed formats share: binding a packed matrix to the node."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Encoded, Table
from edgegen.formats.base import get as get_format
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import (
    constant,
    int32_params,
    requant_params,
    requant_tables,
    requantize_function,
)
from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import Target

#: instructions of bias, requantization and store of one output, Cortex-M4
ROW_INSTRUCTIONS = 22.0
#: call, set-up and return
CALL_INSTRUCTIONS = 40.0

_C_TYPES = {
    "int8": "int8_t",
    "uint8": "uint8_t",
    "int16": "int16_t",
    "uint16": "uint16_t",
    "int32": "int32_t",
    "uint32": "uint32_t",
}


@dataclass(frozen=True, eq=False)
class Packed:
    """A matrix as a kernel reads it.

    tables: all that holds weights, lookup tables included. params: int32 parameters. context: further template
    values; suffix: what of them, and of the tables' types, the symbol must tell apart. instructions: of one pass over
    the matrix on a Cortex-M4, without ROW_INSTRUCTIONS. bias: what to add to the bias, int64 (rows,), or None.
    template: when it depends on the weights.
    """

    tables: tuple[Table, ...]
    instructions: float
    params: Mapping[str, int] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""
    bias: Array | None = None
    template: str = ""


class CompressedFullyConnected(Kernel):
    """Fused decode and multiply: the weights stay compressed in flash."""

    op = FullyConnected
    template: ClassVar[str] = ""
    #: measured machine code on a Cortex-M4, bytes
    code_bytes: ClassVar[int] = 250

    @abstractmethod
    def pack(self, w: Array, target: Target) -> Packed:
        """w: (rows, columns) int8. Raises FormatError when the format or the kernel cannot hold it."""

    def lower(self, node: FullyConnected, weight_format: str, target: Target) -> Lowered:
        rows, columns = node.w.type.shape
        packed = self.pack(constant(node.w), target)
        tables = tuple(Table(t.name, _filled(t.values), t.align) for t in packed.tables)
        views = tuple({"name": t.name, "c_type": _C_TYPES[str(t.values.dtype)]} for t in tables)
        batch = node.x.type.shape[0]
        suffix = f"_{packed.suffix}" if packed.suffix else ""
        return Lowered(
            Function(
                f"fully_connected_s8_{self.name}_{weight_format}_{node.requant.rounding}{suffix}",
                packed.template or self.template,
                {"tables": views, "requantize": requantize_function(node.requant), **packed.context},
                code_bytes=self.code_bytes,
            ),
            int32_params(batch=batch, rows=rows, columns=columns, **packed.params) + requant_params(node.requant),
            (*tables, Table("bias", _moved_bias(constant(node.b), packed.bias)), *requant_tables(node.requant)),
            runtime=("eg_requant.h", "eg_bits.h"),
            instructions=predicted(packed.instructions, node, target),
            weight_bytes=sum(t.nbytes for t in packed.tables),
        )


def predicted(instructions: float, node: FullyConnected, target: Target) -> float:
    """Of one inference: the pass over the matrix and the rows, for each item; other cores than ARMv7-M need more."""
    batch, rows = node.type.shape
    factor = 1.0 if target.has("thumb2") else 1.5
    return factor * (batch * (instructions + ROW_INSTRUCTIONS * rows) + CALL_INSTRUCTIONS)


def _filled(values: Array) -> Array:
    """C has no empty arrays."""
    return values if values.size else np.zeros(1, dtype=values.dtype)


def _moved_bias(bias: Array, by: Array | None) -> Array:
    if by is None:
        return bias
    moved = bias.astype(np.int64) + by
    if np.abs(moved).max(initial=0) >= 1 << 31:
        raise FormatError("the bias, moved by what the kernel leaves out, does not fit 32 bits")
    return moved.astype(np.int32)


def stored(name: str, w: Array) -> Encoded:
    """The matrix in the named format, proved lossless; kernels that share a format encode it once."""
    return _stored(name, w.shape, np.ascontiguousarray(w, dtype=np.int8).tobytes())


@lru_cache(maxsize=8)
def _stored(name: str, shape: tuple[int, int], data: bytes) -> Encoded:
    return get_format(name).checked(np.frombuffer(data, dtype=np.int8).reshape(shape))


def widths(*values: Array) -> str:
    """Bytes per entry of each table, for suffixes."""
    return "".join(str(v.dtype.itemsize) for v in values)


def named(encoded: Encoded, *names: str) -> tuple[Table, ...]:
    """The encoded matrix's tables of these names, in this order."""
    tables = {table.name: table for table in encoded.tables}
    return tuple(tables[name] for name in names)


@dataclass(frozen=True, eq=False)
class Reader:
    """Lookup tables of a stored code for symbols of one byte (SPEC.md, lookup tables).

    lut: u16[2**bits], (length << 8) | symbol, 0 where the code is longer. walk and symbols: for those codes; empty when
    there are none.
    """

    bits: int
    lut: Array
    walk: Array
    symbols: Array

    @classmethod
    def of(cls, code: Code, most_bits: int) -> Reader:
        """A lookup of at most most_bits (1 and more) bits."""
        bits = max(1, min(most_bits, code.longest), min(code.lengths, default=1))
        index, used = code.lookup(bits)
        symbols = np.asarray(code.symbols or (0,), dtype=np.int64) & 255
        lut = np.where(used > 0, used << 8 | symbols[index], 0) if code.longest else np.full(1 << bits, symbols[0])
        walk = cls.walk_of(code, bits)
        stored = symbols.astype(np.uint8) if walk.size else np.zeros(0, dtype=np.uint8)
        return cls(bits, lut.astype(np.uint16), walk, stored)

    @staticmethod
    def walk_of(code: Code, above: int) -> Array:
        """For every code length beyond `above`: the last 16-bit window it covers, and symbol index minus code.

        above: at least the shortest length minus 1.
        """
        walk: list[int] = []
        for length in range(above + 1, code.longest + 1):
            first = sum(n < length for n in code.lengths)
            last = sum(n <= length for n in code.lengths) - 1
            beyond = (code.codes[last] + 1) << (length - code.lengths[last])
            offset = first - code.codes[first] if code.lengths[first : first + 1] == (length,) else 0
            walk += [(beyond << (16 - length)) - 1, offset & 0xFFFF]
        return np.asarray(walk, dtype=np.uint16)

    def tables(self, name: str) -> tuple[Table, ...]:
        """<name>_lut, and <name>_walk and <name>_symbols where codes are longer than the lookup."""
        more = (Table(f"{name}_walk", self.walk), Table(f"{name}_symbols", self.symbols)) if self.walk.size else ()
        return (Table(f"{name}_lut", self.lut), *more)

    @property
    def nbytes(self) -> int:
        """Flash bytes."""
        return self.lut.nbytes + self.walk.nbytes + self.symbols.nbytes

    @property
    def walked(self) -> float:
        """Share of random windows whose code is longer than the lookup."""
        return float(np.mean(self.lut == 0)) if self.walks else 0.0

    def cost(self, walk: float, test: float) -> float:
        """Expected instructions per symbol that walking longer codes adds."""
        return test + walk * self.walked if self.walks else 0.0

    @property
    def walks(self) -> bool:
        """Whether some codes are longer than the lookup."""
        return bool(self.walk.size)
