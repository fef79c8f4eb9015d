"""The bytes of a model file, and the errors about them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from edgegen.errors import ModelError


@dataclass(frozen=True)
class Source:
    """A model file that has been read: its name without folders and its content."""

    name: str
    data: bytes

    @classmethod
    def read(cls, path: str | Path) -> Source:
        """Read a file. Raises ModelError when that fails."""
        path = Path(path)
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path}: cannot be read: {error.strerror}; give the path of a model file") from error

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stem(self) -> str:
        """The name without its extension: what the model is called."""
        return Path(self.name).stem

    def error(self, message: str) -> ModelError:
        """A ModelError that names this file."""
        return ModelError(f"{self.name}: {message}")
