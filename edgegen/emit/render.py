"""From a plan to files: pure, deterministic, no clock, no paths."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jinja2
import numpy as np

import edgegen
from edgegen.emit import views
from edgegen.emit.blob import pack
from edgegen.emit.cnames import comment
from edgegen.formats.base import Table
from edgegen.ir import Array, Graph
from edgegen.planning.plan import Plan
from edgegen.resources import root
from edgegen.target import Target


@dataclass(frozen=True, eq=False)
class Emission:
    """Everything that decides the output."""

    graph: Graph
    plan: Plan
    target: Target
    prefix: str
    amalgamate: bool = False
    #: weights in <p>_weights.bin, given to <p>_open(), instead of C arrays
    external: bool = False
    #: model inputs and expected outputs of the self-test: one (inputs, outputs) pair per vector
    vectors: tuple[tuple[tuple[Array, ...], tuple[Array, ...]], ...] = ()


@cache
def environment() -> jinja2.Environment:
    """The template environment: undefined names are errors, white space is what the template shows."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(root("templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


#: `static` of a function that is not inline, and not of a table: templates need not know where a model's code goes
_FUNCTION = re.compile(r"^((?:EG_\w+ )?)static (?!inline |const [^(\n]*[\[=])", re.MULTILINE)


def _functions(emission: Emission) -> tuple[views.FunctionView, ...]:
    found = []
    for function, params in views.functions_of(emission.plan):
        symbol = f"{emission.prefix}_{function.symbol}"
        text = (
            environment()
            .get_template(f"kernels/{function.template}")
            .render(prefix=emission.prefix, symbol=symbol, params=f"{symbol}_params", k=function.context)
        )
        text = _FUNCTION.sub(rf"\1static {emission.prefix.upper()}_HOT_SECTION ", text)
        found.append(views.FunctionView(symbol, f"{symbol}_params", params, text))
    return tuple(found)


def runtime_headers(plan: Plan, external: bool = False) -> tuple[str, ...]:
    """Names of the runtime headers in use, in the order in which they can be included."""
    order: list[str] = []

    def visit(name: str) -> None:
        text = (root("runtime_c") / name).read_text()
        for inner in re.findall(r'^#include "(eg_\w+\.h)"', text, re.MULTILINE):
            if inner not in order:
                visit(inner)
        if name not in order:
            order.append(name)

    visit("eg_runtime.h")
    if external:
        visit("eg_blob.h")
    for step in plan.steps:
        for name in step.choice.chosen.lowered.headers:
            visit(name)
    return tuple(order)


def _tables(emission: Emission) -> tuple[views.TableView, ...]:
    sharing, prefix = emission.plan.sharing, emission.prefix
    shared = tuple(views.table_view(f"{prefix}_{found.name}", found.table, found.users) for found in sharing.tables)
    own = tuple(
        views.table_view(f"{prefix}_{step.name}_{table.name}", table)
        for step in emission.plan.steps
        for table in step.choice.chosen.lowered.tables
        if sharing.table(step.name, table.name) is None
    )
    return shared + own


def _vector_tables(emission: Emission) -> tuple[views.TableView, ...]:
    found = []
    for kind in (0, 1):
        for port in range(len(emission.vectors[0][kind]) if emission.vectors else 0):
            values = np.concatenate([vector[kind][port].ravel() for vector in emission.vectors])
            name = f"{emission.prefix}_vectors_{'input' if kind == 0 else 'output'}_{port}"
            found.append(views.table_view(name, Table(name, values)))
    return tuple(found)


def context(emission: Emission) -> dict[str, Any]:
    """What the model templates see."""
    graph, plan, prefix = emission.graph, emission.plan, emission.prefix
    ports = (views.input_ports(prefix, graph), views.output_ports(prefix, graph))
    single = len(ports[0]) == 1 and len(ports[1]) == 1
    names = (("input",), ("output",)) if single else tuple(tuple(p.name for p in side) for side in ports)
    blob = pack(plan, graph.sha256) if emission.external else None
    renamed = tuple(
        tuple(replace(port, name=name) for port, name in zip(side, side_names, strict=True))
        for side, side_names in zip(ports, names, strict=True)
    )
    return {
        "version": edgegen.__version__,
        "prefix": prefix,
        "macro": prefix.upper(),
        "model": comment(graph.source or graph.name),
        "sha256": graph.sha256,
        "target": emission.target.name,
        "inputs": renamed[0],
        "outputs": renamed[1],
        "single": single,
        "arena_bytes": max(plan.total, 8),
        "arena_words": max(plan.total + 7, 8) // 8,
        "uses_arena": any(
            place.kind == "arena" for step in plan.steps for place in (*step.inputs, step.output)
        )
        or any(step.workspace is not None for step in plan.steps),
        "weights_bytes": plan.constants,
        "macs": sum(step.op.macs() for step in plan.steps),
        "nodes": tuple(
            views.node_view(prefix, step, (renamed[0], renamed[1]), plan.sharing, blob) for step in plan.steps
        ),
        "tables": () if emission.external else _tables(emission),
        "external": emission.external,
        "blob": blob,
        "digest": ", ".join(f"0x{byte:02X}U" for byte in bytes.fromhex(graph.sha256).ljust(32, b"\0")[:32]),
        "functions": _functions(emission),
        "runtime": runtime_headers(plan, emission.external),
        "vector_tables": _vector_tables(emission),
        "vector_count": len(emission.vectors),
    }


def _amalgamated_source(files: dict[str, bytes], prefix: str, headers: tuple[str, ...]) -> bytes:
    """<p>.c with every runtime header and the weights in place of their #include lines."""
    inline = {name: files[name].decode() for name in (*headers, f"{prefix}_weights.h")}
    # In a header a function that nobody calls is no fault; in a source file clang warns of it.
    inline = {k: re.sub(r"^static inline ", "static inline EG_UNUSED ", v, flags=re.M) for k, v in inline.items()}
    done: set[str] = set()

    def expand(text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in inline:
                return match.group(0)
            if name in done:
                return ""
            done.add(name)
            return expand(inline[name])

        return re.sub(r'^#include "([\w.]+)"\n', replace, text, flags=re.MULTILINE)

    return expand(files[f"{prefix}.c"].decode()).encode()


def render(emission: Emission) -> dict[str, bytes]:
    """Relative path -> content of every generated file."""
    values = context(emission)
    prefix = emission.prefix
    env = environment()
    pages = {
        f"{prefix}.h": "model/model.h.j2",
        f"{prefix}.c": "model/model.c.j2",
        f"{prefix}_weights.h": "model/weights.h.j2",
        "CMakeLists.txt": "model/CMakeLists.txt.j2",
        "README.md": "model/README.md.j2",
    }
    if emission.vectors:
        pages |= {
            f"selftest/{prefix}_selftest.c": "model/selftest.c.j2",
            f"selftest/{prefix}_selftest.h": "model/selftest.h.j2",
        }
    headers = runtime_headers(emission.plan, emission.external)
    files = {name: (root("runtime_c") / name).read_bytes() for name in headers}
    values["amalgamate"] = emission.amalgamate
    files |= {path: env.get_template(template).render(values).encode() for path, template in pages.items()}
    if emission.external:
        files[f"{prefix}_weights.bin"] = values["blob"].data
    if emission.amalgamate:
        files[f"{prefix}.c"] = _amalgamated_source(files, prefix, headers)
        for name in (*headers, f"{prefix}_weights.h"):
            del files[name]
    return dict(sorted(files.items()))
