"""Nothing is half there: what one registry lists has all that the other parts of the project must hold of it.

tests/c/test_generated.py builds and runs every kernel with every format; this walks the registries themselves.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from edgegen.formats.base import registry as formats
from edgegen.ir import Op
from edgegen.kernels.base import Kernel
from edgegen.kernels.base import registry as kernels
from edgegen.ops.base import registry as ops
from edgegen.passes import PASSES
from edgegen.target import list_targets, load_target
from tests import graphs

KERNELS = [pytest.param(kernel, id=f"{kernel.op.op_name}-{kernel.name}") for kernel in kernels()]
#: dense weights as one family of kernels wants them in its inner loop: made by the kernel, read by nobody else
PACKINGS = ("int16", "winograd23", "winograd43")
COMPUTED = [name for name, op in ops().items() if not op.is_view]


def texts(*folders: Path) -> str:
    """All Python sources under the folders."""
    return "\n".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("name", ops())
def test_an_op_has_a_type_a_meaning_and_a_docstring_of_its_own(name: str) -> None:
    op = ops()[name]
    assert op.infer is not Op.infer and op.reference is not Op.reference
    assert op.__doc__ and not op.__doc__.startswith(f"{op.__name__}(")


@pytest.mark.parametrize("name", ops())
def test_an_op_is_made_by_an_importer_or_a_pass(name: str, project: Path) -> None:
    made = texts(project / "edgegen" / "frontends", project / "edgegen" / "passes")
    assert re.search(rf"\b{ops()[name].__name__}\(", made), f"nothing makes a {name}"


@pytest.mark.parametrize("name", COMPUTED)
def test_an_op_has_a_kernel_that_any_target_can_run(name: str) -> None:
    plainest = [load_target("cortex-m0"), load_target("host")]
    mine = [kernel for kernel in kernels() if kernel.op is ops()[name]]
    for target in plainest:
        taken = any(_takes(kernel, op, target) for kernel in mine for op in _cases(name))
        assert taken, f"no kernel computes {name} on {target.name}"


def _cases(name: str) -> list[Op]:
    return [op for graph in graphs.cases(name) for op in graph.ops if op.op_name == name]


def _takes(kernel: Kernel, op: Op, target: object) -> bool:
    return kernel.accepts(op, target) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_reads_formats_that_exist(kernel: Kernel) -> None:
    assert kernel.formats and set(kernel.formats) <= {*formats(), *PACKINGS, "-"}


def test_a_way_to_execute_an_op_has_one_owner() -> None:
    ways = [(kernel.op.op_name, kernel.name, form) for kernel in kernels() for form in kernel.formats]
    assert len(ways) == len(set(ways))


def test_every_template_is_used(project: Path) -> None:
    folder = project / "templates" / "kernels"
    there = {path.name for path in folder.iterdir()}
    code = texts(project / "edgegen" / "kernels") + "".join(path.read_text() for path in folder.iterdir())
    names = re.findall(r"\b\w[\w{}.\[\]]*\.j2", code)  # as a string, or an f-string that begins with a letter
    names += [f"{stem}.c.j2" for stem in re.findall(r'"(\w+)"', code)]  # a stem that a kernel keeps in a table
    patterns = {re.sub(r"\\{.*?\\}", r"\\w+", re.escape(name)) for name in names}
    assert not {name for name in there if not any(re.fullmatch(pattern, name) for pattern in patterns)}


@pytest.mark.parametrize("name", formats())
def test_a_format_is_specified_and_some_kernel_multiplies_from_it(name: str, project: Path) -> None:
    specified = re.findall(r"^### (\w+)$", (project / "runtime_c" / "SPEC.md").read_text(), re.MULTILINE)
    assert any(entry == name or name.startswith(f"{entry}_") for entry in specified), f"runtime_c/SPEC.md lacks {name}"
    assert any(name in kernel.formats for kernel in kernels()), f"no kernel reads {name}"


def test_specified_formats_exist(project: Path) -> None:
    specified = re.findall(r"^### (\w+)$", (project / "runtime_c" / "SPEC.md").read_text(), re.MULTILINE)
    assert all(any(name == entry or name.startswith(f"{entry}_") for name in formats()) for entry in specified)


@pytest.mark.parametrize("name", [name for name, _ in PASSES])
def test_a_pass_has_tests_and_says_what_it_does(name: str, project: Path) -> None:
    function = dict(PASSES)[name]
    module = inspect.getmodule(function)
    assert module is not None and (function.__doc__ or module.__doc__)
    assert function.__name__ in texts(project / "tests" / "unit", project / "tests" / "property")


@pytest.mark.parametrize("name", list_targets())
def test_a_target_loads_has_its_port_and_is_described(name: str, project: Path) -> None:
    target = load_target(name)
    assert target.port.is_dir() and target.emulator is not None
    assert f"| {name} |" in (project / "docs" / "targets.md").read_text(), f"docs/targets.md lacks {name}"
