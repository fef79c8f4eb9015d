"""What all tests share: where the real models are, which tools a test may ask for, and that CI skips nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = bool(os.environ.get("CI"))

# CI must give the same verdict twice, so it draws the same cases; a developer's runs explore.
settings.register_profile("developer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("developer"), derandomize=True)
settings.load_profile("ci" if IN_CI else "developer")


def _missing(what: str) -> None:
    """Skip with the reason, or fail where nothing may be skipped."""
    if IN_CI:
        pytest.fail(f"{what}; CI must run this test")
    pytest.skip(what)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--update-golden: tests/golden writes what is generated now instead of comparing with it."""
    parser.addoption("--update-golden", action="store_true", help="accept what is generated now as the golden text")


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ``../shared`` with real models and recorded inputs."""
    folder = ROOT.parent / "shared"
    if not (folder / "models").is_dir():
        _missing(f"needs the models in {folder}")
    return folder


@pytest.fixture(scope="session")
def need_tools() -> Callable[..., None]:
    """``need_tools("clang", ...)`` ends the test when one of these programs is not installed."""

    def need(*names: str) -> None:
        for name in names:
            if shutil.which(name) is None:
                _missing(f"needs the program {name}")

    return need


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A tier's folder is its marker, so that ``-m "not qemu"`` works without repeating it in every file."""
    for item in items:
        tiers = item.path.relative_to(ROOT / "tests").parts[:-1]
        for marker in ("qemu", "models"):
            if marker in tiers:
                item.add_marker(marker)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: a tier that silently stops running protects nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not IN_CI or reporter is None or hasattr(session.config, "workerinput"):
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"CI: {len(skipped)} skipped test(s), which are failures here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
