"""edgegen profile: what one inference costs, per node, measured in the emulator."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from edgegen.commands.common import add_compile_options, compile_from, console
from edgegen.emit.artefacts import write
from edgegen.errors import UsageError
from edgegen.profile.measure import NodeLabel, Profile, profile
from edgegen.profile.render import load_profile, render_table
from edgegen.target import load_target
from edgegen.verify.check import interface_of
from edgegen.verify.folder import interface_of_record, naming_changes, read_record


class ProfileCommand:
    """Instructions, cycles, flash reads and stack of one inference."""

    name = "profile"
    help = "measure instructions, cycles, stack, flash and RAM of one inference in the emulator"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """MODEL or DIR, and a profile to compare with."""
        parser.add_argument("model", metavar="MODEL|DIR", help="TFLite or ONNX file, or a folder written by build")
        add_compile_options(parser, default_target=None)
        parser.add_argument("--compare", metavar="OTHER.json", help="show changes against an earlier profile")

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Schema edgegen.profile/1."""
        other = load_profile(Path(args.compare)) if args.compare else None
        measured = profile_folder(args) if Path(args.model).is_dir() else profile_model(args)
        if not args.json:
            console().print(render_table(measured, other))
        return measured.to_json(), 0


def profile_model(args: argparse.Namespace) -> Profile:
    """Compile, then profile what was generated."""
    args.target = args.target or "cortex-m4"
    build = compile_from(args)
    labels = [NodeLabel(s.index, s.name, s.op.op_name, s.op.macs()) for s in build.plan.steps]
    with tempfile.TemporaryDirectory(prefix="edgegen-profile-") as name:
        folder = Path(name) / build.prefix
        write(folder, build.files)
        return profile(folder, build.target, interface_of(build), labels=labels)


def profile_folder(args: argparse.Namespace) -> Profile:
    """Profile a generated folder as it is."""
    if args.calibrate:
        raise UsageError("a folder is measured as it is; give the model file for --calibrate")
    folder = Path(args.model)
    record = read_record(folder)
    target = load_target(args.target or str(record["target"]))
    labels = [
        NodeLabel(index, str(layer["name"]), str(layer["op"]), int(layer["macs"]))
        for index, layer in enumerate(record.get("layers", ()))
    ]
    with naming_changes(folder, record):
        return profile(folder, target, interface_of_record(record), labels=labels)
