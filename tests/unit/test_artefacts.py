from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from edgegen.emit.artefacts import MARKER, write
from edgegen.errors import OutputError

FILES = {"a.c": b"int a;\n", "selftest/b.c": b"int b;\n"}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_lie_where_their_names_say_beside_a_list_of_them(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "out", FILES)
    found = content(tmp_path / "deep" / "out")
    assert {name: data for name, data in found.items() if name != MARKER} == FILES
    assert found[MARKER].decode().splitlines()[1:] == ["a.c", "selftest/b.c"]


def test_the_folder_can_be_read_by_everybody(tmp_path: Path) -> None:
    write(tmp_path / "out", FILES)
    assert (tmp_path / "out").stat().st_mode & 0o555 == 0o555


def test_a_second_write_replaces_the_first_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "out", FILES)
    write(tmp_path / "out", {"c.c": b"int c;\n"})
    assert set(content(tmp_path / "out")) == {"c.c", MARKER}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", FILES)
    assert "a.c" in content(tmp_path / "out")


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", FILES)
    assert (tmp_path / "link").is_symlink() and "a.c" in content(tmp_path / "real")


@pytest.mark.parametrize("before", [False, True])
def test_a_folder_with_somebody_else_s_file_is_not_touched(before: bool, tmp_path: Path) -> None:
    if before:
        write(tmp_path / "out", FILES)
    (tmp_path / "out" / "build").mkdir(parents=True)
    (tmp_path / "out" / "build" / "mine.o").write_bytes(b"mine")
    found = content(tmp_path / "out")
    with pytest.raises(OutputError, match=r"build/mine\.o"):
        write(tmp_path / "out", {"c.c": b""})
    assert content(tmp_path / "out") == found


def test_a_file_and_the_current_folder_are_no_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write(tmp_path / "file", FILES)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(OutputError, match="current folder"):
        write(Path("."), FILES)


@pytest.mark.parametrize("fails", [1, 2])
def test_when_the_swap_fails_the_old_folder_stands(fails: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", FILES)
    before = content(tmp_path / "out")
    real, calls = os.rename, []

    def rename(source: Path, destination: Path) -> None:
        calls.append(source)
        if len(calls) == fails:
            raise OSError(errno.EIO, "Input/output error")
        real(source, destination)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(OutputError, match="Input/output error"):
        write(tmp_path / "out", {"c.c": b""})
    assert content(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
