"""How an op is executed on a class of targets.

A kernel module lists its kernels in KERNELS. Lowering a node yields a call of one shared C function:

    static void <model>_<symbol>(
        const struct <model>_<symbol>_params *p,    (only when there are params)
        const struct <model>_<inner>_params *q,     (only when there is an inner function)
        <one pointer per table>,                    const int8_t *weights, const int32_t *bias, ..
        <one pointer per data operand>,             const int8_t *x, ..
        <output pointer>,                           int8_t *y
        <workspace>)                                void *work, only when workspace > 0

The function is rendered from templates/kernels/<template>; equal symbols are emitted once per model. Pointers of data
operands and of the output are aligned to 4 bytes when they lie in the arena, but a caller's input or output buffer may
have any alignment: load them with accesses that the target executes unaligned (LDR, not LDM/LDRD), or by bytes.
Tables and the workspace are aligned to 8 bytes.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any, ClassVar

from edgegen.formats.base import Table
from edgegen.formats.huffman import Code
from edgegen.ir import Op
from edgegen.target import Target


@dataclass(frozen=True)
class Param:
    """One field of the parameter struct: name, C type, value.

    The type has a fixed width and an int as value, or is a pointer to functions and has the symbol of one of the node's
    functions, without the model's prefix.
    """

    name: str
    c_type: str
    value: int | str


@dataclass(frozen=True, eq=False)
class Function:
    """A C function shared by all nodes that lower to the same symbol.

    symbol: <op>_<dtype>_<kernel>_<format>[_<specialisation>], a C identifier without the model's prefix; it must
    determine template and context. template: file name in templates/kernels. context: extra values for the template,
    which always gets `prefix` (model), `symbol` (with prefix), `params` (struct name) and `k` (this context).
    code_bytes: predicted machine code size on the target.
    """

    symbol: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    code_bytes: int = 0


@dataclass(frozen=True, eq=False)
class Lowered:
    """A node bound to a kernel: everything emission needs.

    workspace: bytes of scratch during the call. helpers: further functions the template calls (emitted before it).
    runtime: headers of runtime_c it includes. instructions: predicted for one inference. inner: a kernel whose function
    this one calls, with tables that it makes in RAM: only the inner's functions, params and headers are emitted, and
    the params are handed over as q. A template finds its name by its own context.
    """

    function: Function
    params: tuple[Param, ...] = ()
    tables: tuple[Table, ...] = ()
    workspace: int = 0
    helpers: tuple[Function, ...] = ()
    runtime: tuple[str, ...] = ()
    instructions: float = 0.0
    #: bytes of the tables that hold weights (not bias or requantization), for reports; those tables come first
    weight_bytes: int = 0
    inner: Lowered | None = None

    @property
    def flash(self) -> int:
        """Bytes of constants: tables and parameters (padded to 4), without code."""
        inner = params_bytes(self.inner.params) if self.inner else 0
        return sum(t.stored_bytes for t in self.tables) + params_bytes(self.params) + inner

    @property
    def weight_tables(self) -> tuple[Table, ...]:
        """The tables that hold weights and nothing else."""
        ends = accumulate(table.nbytes for table in self.tables)
        return tuple(table for table, end in zip(self.tables, ends, strict=True) if end <= self.weight_bytes)

    @property
    def functions(self) -> tuple[tuple[Function, tuple[Param, ...]], ...]:
        """Every function with the fields of its parameter struct, each before the ones that call it."""
        before = self.inner.functions if self.inner else ()
        return (*before, *((helper, ()) for helper in self.helpers), (self.function, self.params))

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of runtime_c that all of its functions include."""
        return (*(self.inner.headers if self.inner else ()), *self.runtime)


def params_bytes(params: tuple[Param, ...]) -> int:
    """Bytes of a parameter struct on a target of 32 bits, padded to 4."""
    sizes = {"8": 1, "16": 2, "32": 4, "64": 8}
    return (sum(next((size for bits, size in sizes.items() if bits in p.c_type), 4) for p in params) + 3) // 4 * 4


class Kernel(ABC):
    """One way to execute one op."""

    name: ClassVar[str]
    op: ClassVar[type[Op]]
    #: names of the formats its weights may have, "-" for ops without weights
    formats: ClassVar[tuple[str, ...]] = ("-",)
    #: those of them whose code lower_shared takes
    shared_formats: ClassVar[tuple[str, ...]] = ()

    def accepts(self, node: Any, target: Target) -> str | None:
        """None when this kernel computes the node exactly on the target, else the reason why not."""
        return None

    @abstractmethod
    def lower(self, node: Any, weight_format: str, target: Target) -> Lowered:
        """Bind an accepted node. May raise FormatError when the weights do not fit the format."""

    def lower_shared(self, node: Any, weight_format: str, target: Target, code: Code) -> Lowered:
        """lower with a code that several layers share and that holds every value of the weights.

        The tables of the code (value_*, multi_*) come out equal for all of these layers, so that they are stored once.
        """
        raise NotImplementedError(f"kernel {self.name} has no shared codes")

    def in_place(self, node: Any) -> tuple[int, ...]:
        """Indices into node.data_operands whose storage the output may share (same bytes, read before written)."""
        return ()


@cache
def registry() -> tuple[Kernel, ...]:
    """Every kernel, in alphabetical order of module, then in the module's order."""
    import edgegen.kernels as package

    found: list[Kernel] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found.extend(getattr(module, "KERNELS", ()))
    return tuple(found)
