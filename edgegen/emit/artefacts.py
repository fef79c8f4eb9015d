"""The only writer of files: everything into a temporary folder beside the target, then one move."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edgegen.errors import OutputError

#: a folder that holds this file was written by edgegen and may be replaced
MARKER = ".edgegen"
MARKER_TEXT = b"This folder is written by edgegen build and replaced as a whole.\n"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files, or none: folder is replaced as a whole when it is new, empty, or edgegen's own.

    Raises OutputError when it holds somebody else's files, or cannot be written.
    """
    folder = folder.absolute()
    if folder.exists():
        if not folder.is_dir():
            raise OutputError(f"{folder} is a file; the output must be a folder")
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise OutputError(f"{folder} holds files that edgegen did not write; choose a new or empty folder")
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, content in {**files, MARKER: MARKER_TEXT}.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        temporary.chmod(0o755)
        _swap(temporary, folder)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _swap(temporary: Path, folder: Path) -> None:
    """Put temporary in folder's place; the old content is removed only when the new one stands."""
    if not folder.exists():
        os.rename(temporary, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    os.rename(folder, old / "old")
    try:
        os.rename(temporary, folder)
    except OSError:
        os.rename(old / "old", folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
