"""`edgegen verify DIR` on the host: what it proves, and what it says of a folder that was changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen import compile_model
from edgegen.cli import main
from edgegen.emit.artefacts import write
from edgegen.errors import UsageError
from edgegen.target import load_target
from edgegen.verify.check import sources_digest
from edgegen.verify.folder import verify_folder
from tests.graphs import network, two_by_two

HOST = load_target("host")


@pytest.fixture
def folder(tmp_path: Path, need_tools: Callable[..., None]) -> Path:
    need_tools("gcc")
    write(tmp_path / "net", compile_model(network(), "cortex-m3").files)
    return tmp_path / "net"


def tamper(path: Path, table: str) -> None:
    """Change some values of a table in a weights header: of a single one the outputs may not tell."""
    text = path.read_text()
    start = text.index("= {", text.index(f"{table}[")) + 3
    changed = re.sub(r"-?\d+", lambda m: str(5 if m[0] != "5" else 6), text[start:], count=8)
    path.write_text(text[:start] + changed)


def test_an_unchanged_folder_is_bit_exact_on_another_target_too(folder: Path) -> None:
    report = verify_folder(folder, HOST)
    assert report.bit_exact and report.target == "host" and report.vectors == 4
    assert report.changed == () and report.remarks() == []
    files = compile_model(network(), "cortex-m3").files
    assert report.sha256["sources"] == sources_digest(files)


def test_a_folder_of_several_inputs_and_outputs_is_verified(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    write(tmp_path / "duo", compile_model(two_by_two(), "cortex-m3").files)
    assert verify_folder(tmp_path / "duo", HOST).bit_exact


def test_what_does_not_compile_any_more_is_named_as_changed(
    folder: Path, capsys: pytest.CaptureFixture[str], need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    (folder / "net1.c").write_text((folder / "net1.c").read_text() + "garbage\n")
    for command in ("verify", "profile"):
        assert main([command, str(folder)]) == 4
        assert capsys.readouterr().err.endswith("net1.c is not as edgegen build wrote it; build the folder again\n")
    (folder / "net1.c").unlink()
    (folder / "net1_weights.h").unlink()
    with pytest.raises(UsageError, match=r"net1\.c, net1_weights\.h are not as edgegen build wrote them"):
        verify_folder(folder, HOST)


@pytest.mark.parametrize("table", ["n00_conv2d_weights", "n01_depthwise_conv2d_weights", "n02_conv2d_weights"])
def test_a_changed_weight_is_found_and_its_node_named_first(table: str, folder: Path) -> None:
    tamper(folder / "net1_weights.h", f"net1_{table}")
    report = verify_folder(folder, HOST)
    assert not report.bit_exact and report.first is not None
    assert table.startswith(report.first.node)
    assert report.changed == ("net1_weights.h",)
    assert any("net1_weights.h is not as edgegen build wrote it" in line for line in report.remarks())
    assert report.to_json()["first_difference"]["node"] == report.first.node


def test_a_changed_comment_is_reported_though_the_bits_are_right(folder: Path) -> None:
    with (folder / "net1.c").open("a") as file:
        file.write("/* reviewed */\n")
    report = verify_folder(folder, HOST)
    assert report.bit_exact and report.changed == ("net1.c",)


def test_damaged_stored_outputs_are_told_from_wrong_code(folder: Path) -> None:
    path = folder / "selftest" / "vectors.npz"
    with np.load(path) as archive:
        arrays = {name: archive[name].copy() for name in archive.files}
    arrays["output_0"][2, 0] ^= 1
    np.savez(path, **arrays)
    report = verify_folder(folder, HOST)
    assert report.mismatches == 1 and report.first is None
    assert any("stored vectors are damaged" in line for line in report.remarks())
