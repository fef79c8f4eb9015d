"""What the documentation says of files, links and options is so."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from edgegen.cli import parser
from edgegen.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("examples/*/*.md"))]


def options(command: str) -> list[str]:
    """Every long option of a command, without --help and --json."""
    (subparsers,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    actions = subparsers.choices[command]._actions
    found = [name for action in actions for name in action.option_strings if name.startswith("--")]
    return [name for name in found if name not in ("--help", "--json")]


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_the_command_line_reference_has_every_command_and_option(name: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text()
    assert re.search(rf"^\| .*`{name}\b", text, re.MULTILINE), f"docs/cli.md lacks the command {name}"
    assert [option for option in options(name) if f"`{option}" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_by_their_path_are_there(page: Path) -> None:
    tops = "edgegen|templates|targets|runtime_c|tests|examples|benchmarks|docs"
    named = re.findall(rf"`((?:{tops})/[\w./]+\w)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_recorded_session_names_no_folder_of_the_machine_it_ran_on(project: Path) -> None:
    session = (project / "README.md").read_text(encoding="utf-8").split("<!-- session -->")[1].split("<!-- /session")[0]
    assert "$ make demo" in session
    assert not re.search(r"(?<![\w.])/\w+/", session)
