"""The only writer of files: everything into a temporary folder beside the target, then one move."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edgegen.errors import OutputError

#: names the files that edgegen wrote into a folder, one a line: only those may be replaced
MARKER = ".edgegen"
MARKER_TITLE = "Written by edgegen build, which replaces this folder as a whole. Its files:"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files, or none: folder is replaced as a whole when it is new, empty, or holds edgegen's files only.

    Raises OutputError when it holds somebody else's files, is the current folder, or cannot be written.
    """
    try:
        folder = folder.resolve()
        _check_replaceable(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        for name, content in {**files, MARKER: _marker(files)}.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        temporary.chmod(0o755)
        _swap(temporary, folder)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _cannot_write(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot write {folder}: {error.strerror or error}; nothing was changed there")


def _marker(files: Mapping[str, bytes]) -> bytes:
    return "\n".join((MARKER_TITLE, *sorted(files), "")).encode()


def _check_replaceable(folder: Path) -> None:
    """Raise OutputError when replacing the folder would lose what is not edgegen's."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file; the output must be a folder")
    if folder == Path.cwd().resolve():
        raise OutputError(f"{folder} is the current folder, which would be replaced as a whole; choose another")
    marker = folder / MARKER
    own = {MARKER, *(marker.read_text(encoding="utf-8", errors="replace").splitlines() if marker.is_file() else ())}
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    foreign = [name for name in found if name not in own]
    if foreign:
        shown = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")
        raise OutputError(
            f"{folder} holds files that edgegen did not write ({shown}); move them, or choose a new or empty folder"
        )


def _swap(temporary: Path, folder: Path) -> None:
    """Put temporary in folder's place; the old content is removed only when the new one stands."""
    if not folder.exists():
        os.rename(temporary, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    try:
        os.rename(folder, old / "old")
        try:
            os.rename(temporary, folder)
        except OSError:
            os.rename(old / "old", folder)
            raise
    except OSError:
        if not (old / "old").exists():
            old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
