"""Nothing is half there: every op, kernel, format, pass, target and command has all that belongs to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgegen.cli import parser
from edgegen.commands import COMMANDS
from edgegen.formats.base import registry as format_registry
from edgegen.ir import Op
from edgegen.kernels.base import Kernel
from edgegen.kernels.base import registry as kernel_registry
from edgegen.ops.base import registry as op_registry
from edgegen.passes import PASSES
from edgegen.resources import root
from edgegen.target import list_targets, load_target
from tests import graphs
from tests.c.ways import Way, built, ways

TEMPLATES = root("templates") / "kernels"
RUNTIME = root("runtime_c")


def texts(folder: Path, pattern: str) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob(pattern)))


@pytest.mark.parametrize("name", op_registry())
def test_every_op_has_a_meaning_a_reference_and_a_type(name: str) -> None:
    op = op_registry()[name]
    assert op.reference is not Op.reference and op.infer is not Op.infer
    assert op.__doc__ and len(op.__doc__.strip().splitlines()[0]) > 15
    assert name == re.sub(r"(?<=[a-z])(?=[A-Z])", "_", op.__name__).lower().replace("conv2_d", "conv2d") or op.op_name


@pytest.mark.parametrize("name", op_registry())
def test_every_op_has_a_graph_for_the_tests_of_what_follows(name: str) -> None:
    for graph in graphs.cases(name):
        assert any(op.op_name == name for op in graph.ops)


@pytest.mark.parametrize("name", op_registry())
def test_models_can_reach_every_op(name: str, project: Path) -> None:
    op = op_registry()[name]
    pattern = rf"from {re.escape(op.__module__)} import [^\n]*\b{op.__name__}\b|import \([^)]*\b{op.__name__}\b"
    importers = texts(project / "edgegen" / "frontends", "*.py") + texts(project / "edgegen" / "passes", "*.py")
    assert re.search(pattern, importers), f"no importer and no pass makes {op.__name__}"


@pytest.mark.parametrize("name", op_registry())
def test_every_op_runs_on_every_target(name: str) -> None:
    op = op_registry()[name]
    kernels = [kernel for kernel in kernel_registry() if kernel.op is op]
    assert op.is_view != bool(kernels)
    for target in map(load_target, list_targets()) if kernels else ():
        for graph in graphs.cases(name):
            node = next(o for o in graph.ops if o.op_name == name)
            reasons = [kernel.accepts(node, target) for kernel in kernels]
            assert None in reasons, f"{name} on {target.name}: {reasons}"


@pytest.mark.parametrize("way", ways(), ids=str)
def test_every_kernel_has_templates_costs_and_a_symbol_that_names_it(way: Way) -> None:
    build = built(way)
    found = {Way(c.node.op.op_name, c.chosen.kernel.name, c.chosen.format): c.chosen for c in build.choices}
    chosen = found[way]
    assert chosen.lowered.instructions > 0
    for function in chosen.functions:
        assert (TEMPLATES / function.template).is_file()
        assert function.code_bytes > 0
        assert re.fullmatch(r"[a-z][a-z0-9_]*", function.symbol)
    for header in chosen.lowered.runtime:
        assert (RUNTIME / header).is_file()


def test_kernels_of_one_op_have_names_of_their_own() -> None:
    names = [(kernel.op, kernel.name, form) for kernel in kernel_registry() for form in kernel.formats]
    assert len(names) == len(set(names)) == len({way.prefix for way in ways()})


def test_every_kernel_says_what_it_is() -> None:
    silent = [type(k).__name__ for k in kernel_registry() if not type(k).__doc__ or type(k).__doc__ == Kernel.__doc__]
    assert silent == []


def test_every_template_and_runtime_header_is_used(project: Path) -> None:
    python = texts(project / "edgegen", "*.py")
    for path in TEMPLATES.iterdir():
        others = "\n".join(p.read_text() for p in TEMPLATES.iterdir() if p != path)
        assert path.name in python or path.name in others or stem_is_made(path.name, python), path.name
    for path in RUNTIME.glob("*.h"):
        others = "\n".join(p.read_text() for p in RUNTIME.glob("*.h") if p != path) + texts(TEMPLATES.parent, "*.j2")
        assert path.name in python + others, path.name


def stem_is_made(name: str, python: str) -> bool:
    """A template whose name a kernel puts together: its parts around the variable stand in an f-string."""
    return any(
        re.fullmatch(re.sub(r"\\\{[^{}]*\\\}", ".+", re.escape(made)), name)
        for made in re.findall(r'f"([\w{}.]+\.c\.j2)"', python)
    )


@pytest.mark.parametrize("name", format_registry())
def test_every_format_is_specified_and_read_by_a_kernel(name: str) -> None:
    specification = (RUNTIME / "SPEC.md").read_text()
    assert re.search(rf"^### {re.escape(name)}$", specification, re.MULTILINE), f"SPEC.md has no section {name}"
    assert [kernel.name for kernel in kernel_registry() if name in kernel.formats], f"no kernel reads {name}"


def test_kernels_read_formats_that_exist() -> None:
    known = {*format_registry(), "-"}
    assert {form for kernel in kernel_registry() for form in kernel.formats} <= known | own_packings()


def own_packings() -> set[str]:
    """Names of packings that a kernel defines for itself: dense weights in the order or width that it reads."""
    return {"int16", "winograd23", "winograd43"}


@pytest.mark.parametrize("name", [name for name, _ in PASSES])
def test_every_pass_has_tests_and_says_what_it_does(name: str, project: Path) -> None:
    assert list((project / "tests").rglob(f"test_pass*{name}*.py")) or re.search(
        rf"\b{name}\b", texts(project / "tests", "test_pass*.py")
    )
    function = dict(PASSES)[name]
    assert function.__doc__


@pytest.mark.parametrize("name", list_targets())
def test_every_target_says_what_it_is_and_runs_in_the_emulator(name: str, project: Path) -> None:
    target = load_target(name)
    assert len(target.description) > 10 and target.emulator is not None
    assert re.search(rf"^\| {name} \|", (project / "docs/targets.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_and_option_is_in_the_reference(command: object, project: Path) -> None:
    name = getattr(command, "name", "")
    reference = (project / "docs/cli.md").read_text()
    assert re.search(rf"`{name}\b", reference), f"docs/cli.md does not name {name}"
    choices = parser()._subparsers
    assert choices is not None
    sub = choices._group_actions[0].choices[name]  # type: ignore[index,union-attr]
    for option in (o for action in sub._actions for o in action.option_strings if o.startswith("--")):
        assert re.search(rf"`(edgegen {name} )?{option}\b", reference) or option == "--help", f"{name} {option}"
