"""cppcheck has nothing to say of generated code and runtime headers but the deviations listed in docs/misra.md."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from edgegen import compile_model
from tests.c.compilers import unpack
from tests.c.ways import built, ways
from tests.graphs import network, two_by_two

#: MISRA C:2012 with its first amendments
MANDATORY = {"9.1", "13.6", "17.3", "17.4", "17.6", "19.1", "21.13", "21.17", "21.18", "21.19", "21.20"} | {
    f"22.{n}" for n in (2, 4, 5, 6)
}
ADVISORY = {"1.2", "2.3", "2.4", "2.5", "2.6", "2.7", "4.2", "5.9", "8.7", "8.9", "8.11", "8.13", "10.5", "11.4"} | {
    *("11.5", "12.1", "12.3", "12.4", "13.3", "13.4", "15.1", "15.4", "15.5", "17.5", "17.8", "18.4", "18.5", "19.2"),
    *("20.1", "20.5", "20.10", "21.12"),
}
CONFIGURATIONS = {
    "portable": ["-DEG_PORTABLE"],
    "assembly": ["-D__GNUC__=12", "-D__ARM_FEATURE_DSP=1"],
}
#: what cppcheck says besides MISRA rules, with the reason why it is let through
REMARKS = {
    "unusedStructMember": "read by assembly, or by only one of the kernels that share a struct",
    "unreadVariable": "the state after the last symbol of a stream",
    "knownConditionTrueFalse": "a constant of this model in a branch that others take",
}


def deviations(project: Path) -> dict[str, str]:
    """rule -> category, from the table."""
    text = (project / "docs/misra.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+) \| (\w+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert all(len(where) > 10 and len(why) > 20 for _, _, where, why in rows)
    return {rule: category for rule, category, _, _ in rows}


def category(rule: str) -> str:
    return "mandatory" if rule in MANDATORY else "advisory" if rule in ADVISORY else "required"


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One source that includes a model for every kernel and format, and two networks with their self-tests."""
    folder = tmp_path_factory.mktemp("misra")
    sources = []
    for way in ways():
        build = built(way)
        unpack({name: data for name, data in build.files.items() if "/" not in name}, folder)
        sources.append(f"{build.prefix}.c")
    for model in (network(), two_by_two()):
        build = compile_model(model, "cortex-m4")
        unpack(build.files, folder)
        sources += [f"{build.prefix}.c", f"selftest/{build.prefix}_selftest.c"]
    (folder / "all.c").write_text("".join(f'#include "{name}"\n' for name in sources))
    return folder


def findings(folder: Path, flags: list[str]) -> list[tuple[str, str, str]]:
    """(id, severity, place) of everything that cppcheck says."""
    words = ["cppcheck", "--addon=misra", "--enable=warning,style,performance,portability", "--std=c99", "--language=c"]
    words += ["--quiet", "--suppress=missingIncludeSystem", "--inline-suppr", "-I."]
    words += ["--template={id}|{severity}|{file}:{line}: {message}", *flags, "all.c"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=500)
    found = []
    for line in done.stderr.splitlines():
        identity, severity, place = line.split("|", 2)
        found.append((identity, severity, place))
    return found


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_every_violated_rule_has_a_documented_reason(
    configuration: str, everything: Path, project: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("cppcheck")
    documented = deviations(project)
    found = findings(everything, CONFIGURATIONS[configuration])
    rules = [(m[1], place) for identity, _, place in found if (m := re.fullmatch(r"misra-c2012-(\d+\.\d+)", identity))]
    assert rules, "the addon ran and found at least the advisory rules that all generated code deviates from"
    assert [(rule, place) for rule, place in rules if rule not in documented] == []
    others = [item for item in found if not item[0].startswith("misra-") and item[0] not in REMARKS]
    assert others == []


def test_the_table_of_deviations_names_each_rule_once_with_its_category(project: Path) -> None:
    documented = deviations(project)
    text = (project / "docs/misra.md").read_text()
    assert len(re.findall(r"^\| \d", text, re.M)) == len(documented) > 5
    assert {rule: category(rule) for rule in documented} == documented
    assert "mandatory" not in documented.values()
