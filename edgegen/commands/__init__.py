"""One module per command: name, help, add_options(parser), run(args) -> (JSON object, exit code)."""

from __future__ import annotations

import argparse
from typing import Any, Protocol

from edgegen.commands import build, formats, inspect, ops, profile, targets, verify


class Command(Protocol):
    """What a command module offers."""

    name: str
    help: str

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options."""

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Do it; unless args.json, print for people."""


COMMANDS: tuple[Command, ...] = (
    build.BuildCommand(),
    verify.VerifyCommand(),
    profile.ProfileCommand(),
    inspect.InspectCommand(),
    targets.TargetsCommand(),
    ops.OpsCommand(),
    formats.FormatsCommand(),
)
