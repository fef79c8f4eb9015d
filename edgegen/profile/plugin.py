"""The QEMU plugin as a shared library: compiled by the host's compiler on first use, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from pathlib import Path

from edgegen import resources
from edgegen.errors import ToolchainError
from edgegen.verify.toolchain import STRICT_FLAGS, find_tool, run_tool

_FLAGS = ("-O2", "-shared", "-fPIC", "-fvisibility=hidden", *STRICT_FLAGS)


def cache_folder() -> Path:
    """``$XDG_CACHE_HOME/edgegen``, by default ``~/.cache/edgegen``; not created here.

    The variable counts only when it holds an absolute path, as the XDG base directory specification says.
    """
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured and Path(configured).is_absolute() else Path.home() / ".cache"
    return base / "edgegen"


def plugin_library() -> Path:
    """The compiled plugin, made when the cache has none of exactly these sources and flags.

    Safe when several processes ask at once: each compiles to a file of its own and renames it into place.

    Raises:
        ToolchainError: no host compiler, or the cache folder cannot be written.
    """
    folder = resources.root("targets") / "plugin"
    sources = sorted(folder.glob("*.c"))
    library = cache_folder() / f"profile-{_key(folder)}.so"
    if library.is_file():
        return library
    compiler = find_tool("cc", "gcc")
    try:
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="build-", dir=library.parent) as name:
            fresh = Path(name) / library.name
            run_tool([compiler, *_FLAGS, *(str(source) for source in sources), "-o", str(fresh)], Path(name))
            fresh.replace(library)
    except OSError as error:
        raise ToolchainError(
            f"the profile plugin cannot be kept in {library.parent}: {error.strerror}; set XDG_CACHE_HOME"
        ) from error
    return library


def _key(folder: Path) -> str:
    """Hash of all that the library is made from."""
    digest = hashlib.sha256(" ".join((platform.machine(), *_FLAGS)).encode())
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
