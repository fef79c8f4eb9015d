"""Every way to execute every op: each kernel with each format it reads, on the first graph where it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from edgegen.build import Build
from edgegen.errors import FormatError
from edgegen.ir import Graph
from edgegen.kernels.base import Kernel, registry
from edgegen.pipeline import compile_model, integer_graph
from edgegen.selection.candidates import Options, enumerate_graph
from edgegen.target import Target, load_target
from tests import graphs

#: the first on which a kernel can be chosen is taken; the C must please every compiler all the same
TARGETS = ("cortex-m4", "cortex-m55", "host")


@dataclass(frozen=True)
class Way:
    """A kernel and a format, by name."""

    op: str
    kernel: str
    format: str

    def __str__(self) -> str:
        return f"{self.op}-{self.kernel}-{self.format}" if self.format != "-" else f"{self.op}-{self.kernel}"

    @property
    def prefix(self) -> str:
        """Of its C names: all ways can live in one program."""
        short = {"fully_connected": "fc", "depthwise_conv2d": "dw", "conv2d": "conv"}
        short["scaled_average_pool2d"] = "scaled_pool"  # 31 characters tell names apart
        return "_".join((short.get(self.op, self.op), self.kernel, self.format.replace("-", "x")))


def ways() -> list[Way]:
    """All of them, from the registry."""
    return [Way(kernel.op.op_name, kernel.name, form) for kernel in registry() for form in kernel.formats]


@cache
def built(way: Way) -> Build:
    """A build of the first case that this kernel and format accept; AssertionError when there is none."""
    kernel = next(k for k in registry() if (k.op.op_name, k.name) == (way.op, way.kernel) and way.format in k.formats)
    for model in map(integer_graph, graphs.cases(way.op)):
        for target in map(load_target, TARGETS):
            if _takes(kernel, model, way.format, target):
                return _forced(way, model, target)
    raise AssertionError(f"no graph of tests/graphs.py can be executed by {way}: add a case there")


def _takes(kernel: Kernel, model: Graph, weight_format: str, target: Target) -> bool:
    """Whether the kernel computes some op of the graph with its weights in the format."""
    for op in model.ops:
        if type(op) is kernel.op and kernel.accepts(op, target) is None:
            try:
                kernel.lower(op, weight_format, target)
            except FormatError:
                continue
            return True
    return False


def _forced(way: Way, model: Graph, target: Target) -> Build:
    """Compiled with the way's kernel and format wherever they are possible."""
    names = [n.name for n in enumerate_graph(model, target, Options()) if n.op.op_name == way.op]
    override = Options("size", formats=((names[0], way.format),), kernels=((names[0], way.kernel),))
    build = compile_model(model, target, override, prefix=way.prefix)
    assert any(c.chosen.kernel.name == way.kernel and c.chosen.format == way.format for c in build.choices)
    return build
