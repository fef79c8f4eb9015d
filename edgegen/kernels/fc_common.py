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
from edgegen.formats.ham import ValueCoded
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import (
    constant,
    int32_params,
    requant_params,
    requant_tables,
)
from edgegen.ops.fully_connected import FullyConnected
from edgegen.requant_forms import accumulator_range
from edgegen.target import Target

#: instructions of bias, requantization and store of one output, Cortex-M4
ROW_INSTRUCTIONS = {"single": 22.0, "double": 32.0, "single_down": 20.0, "double_down": 25.0}
#: call, set-up and return
CALL_INSTRUCTIONS = 40.0


@dataclass(frozen=True, eq=False)
class Packed:
    """A matrix as a kernel reads it.

    tables: all that holds weights, lookup tables included. params: int32 parameters. context: further template
    values; suffix: what of them, and of the tables' types, the symbol must tell apart. work: how often one pass over
    the matrix does what the kernel's `costs` name. template: when it depends on the weights. bias: what it adds to the
    node's bias, modulo 2**32, per row. workspace, helpers, runtime: as of Lowered. once: work that is done once per
    inference, not once per item of the batch.
    """

    tables: tuple[Table, ...]
    work: Mapping[str, float]
    params: Mapping[str, int] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""
    template: str = ""
    bias: Array | None = None
    workspace: int = 0
    helpers: tuple[Function, ...] = ()
    runtime: tuple[str, ...] = ()
    once: Mapping[str, float] = field(default_factory=dict)


class CompressedFullyConnected(Kernel):
    """Fused decode and multiply: the weights stay compressed in flash."""

    op = FullyConnected
    template: ClassVar[str] = ""
    #: instructions on a Cortex-M4 of each kind of work that pack counts, fitted to runs in QEMU
    costs: ClassVar[Mapping[str, float]] = {}
    #: measured machine code on a Cortex-M4, bytes
    code_bytes: ClassVar[int] = 250
    #: what the portable form executes for each instruction of the DSP form
    portable: ClassVar[float] = 1.0

    @abstractmethod
    def pack(self, w: Array, target: Target) -> Packed:
        """w: (rows, columns) int8. Raises FormatError when the format or the kernel cannot hold it."""

    def lower(self, node: FullyConnected, weight_format: str, target: Target) -> Lowered:
        return self.bound(node, weight_format, target, self.pack(constant(node.w), target))

    def bound(self, node: FullyConnected, weight_format: str, target: Target, packed: Packed) -> Lowered:
        """The node with its matrix as packed."""
        rows, columns = node.w.type.shape
        tables = filled(packed.tables)
        batch = node.x.type.shape[0]
        suffix = f"_{packed.suffix}" if packed.suffix else ""
        return Lowered(
            Function(
                f"fully_connected_s8_{self.name}_{weight_format}_{requantization(node)}{suffix}",
                packed.template or self.template,
                {"tables": c_views(tables), "requantize": f"eg_requantize_{requantization(node)}", **packed.context},
                code_bytes=self.code_bytes,
            ),
            int32_params(batch=batch, rows=rows, columns=columns, **packed.params) + requant_params(node.requant),
            (*tables, Table("bias", _bias(constant(node.b), packed.bias)), *requant_tables(node.requant)),
            workspace=packed.workspace,
            helpers=packed.helpers,
            runtime=("eg_requant.h", "eg_bits.h", *packed.runtime),
            instructions=self.predicted(packed, node, target),
            weight_bytes=sum(t.nbytes for t in packed.tables),
        )

    def predicted(self, packed: Packed, node: FullyConnected, target: Target) -> float:
        """Instructions of one inference; cores without the DSP extension or Thumb-2 run the portable form."""
        batch, rows = node.type.shape
        factor = 1.0 if target.has("dsp") else self.portable if target.has("thumb2") else 1.4 * self.portable
        each = factor * sum(self.costs[kind] * count for kind, count in packed.work.items())
        once = factor * sum(self.costs[kind] * count for kind, count in packed.once.items())
        return batch * (each + ROW_INSTRUCTIONS[requantization(node)] * rows) + once + CALL_INSTRUCTIONS


class CodedFullyConnected(CompressedFullyConnected):
    """Its values have a Huffman code, which may be one that several layers share."""

    @abstractmethod
    def pack(self, w: Array, target: Target, code: Code | None = None) -> Packed:
        """code: of the values of several layers; their tables of it come out equal. By default the best one for w."""

    def lower_shared(self, node: FullyConnected, weight_format: str, target: Target, code: Code) -> Lowered:
        return self.bound(node, weight_format, target, self.pack(constant(node.w), target, code))


def requantization(node: FullyConnected) -> str:
    """Which function of eg_requant.h, by what follows eg_requantize_: the shortest that is exact for the node."""
    rounding = node.requant.rounding
    lo, hi = accumulator_range(constant(node.w), constant(node.b))
    shift = max(node.requant.shift)
    if rounding == "single":
        return "single_down" if shift < -1 else rounding
    return "double_down" if shift < 0 and lo.min() > -(1 << 30) and hi.max() < 1 << 30 else rounding


def _bias(bias: Array, more: Array | None) -> Array:
    """The sum, modulo 2**32."""
    if more is None:
        return bias
    return (bias.astype(np.int64) + more).astype(np.uint32).view(np.int32)


def c_views(tables: tuple[Table, ...]) -> tuple[dict[str, str], ...]:
    """Name and C type of each table, for a template's parameters."""
    return tuple({"name": t.name, "c_type": f"{t.values.dtype}_t"} for t in tables)


def filled(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """C has no empty arrays: tables without entries get one."""
    return tuple(t if t.values.size else Table(t.name, np.zeros(1, dtype=t.values.dtype), t.align) for t in tables)


def stored(name: str, w: Array, code: Code | None = None) -> Encoded:
    """The matrix in the named format, proved lossless; kernels that share a format encode it once.

    code: of its values, when several layers share it.
    """
    return _stored(name, w.shape, np.ascontiguousarray(w, dtype=np.int8).tobytes(), code)


@lru_cache(maxsize=32)
def _stored(name: str, shape: tuple[int, int], data: bytes, code: Code | None) -> Encoded:
    w = np.frombuffer(data, dtype=np.int8).reshape(shape)
    found = get_format(name)
    if code is None:
        return found.checked(w)
    if not isinstance(found, ValueCoded):
        raise FormatError(f"format {name} has no code of values to share")
    return found.checked(w, code)


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

    def work(self, lengths: Array) -> dict[str, float]:
        """What codes of these lengths add: tests for longer codes, walks, and their steps beyond the first."""
        if not self.walks:
            return {}
        beyond = lengths[lengths > self.bits] - self.bits
        return {"test": lengths.size, "walk": beyond.size, "step": float((beyond - 1).sum())}

    @property
    def walks(self) -> bool:
        """Whether some codes are longer than the lookup."""
        return bool(self.walk.size)
