"""edgegen verify: the build is proved bit-exact in the emulator."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgegen.commands.common import add_compile_options, compile_from, console, count, progress_bar
from edgegen.errors import UsageError
from edgegen.target import load_target
from edgegen.verify.check import Report, load_vectors, random_vectors, verify_build
from edgegen.verify.folder import FolderReport, verify_folder


class VerifyCommand:
    """Build, run in the emulator, compare every output."""

    name = "verify"
    help = "prove a model, or a folder that build wrote, bit-exact in the emulator"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """MODEL or DIR, where vectors come from, and an oracle."""
        parser.add_argument("model", metavar="MODEL|DIR", help="TFLite or ONNX file, or a folder written by build")
        add_compile_options(parser, default_target=None)
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--vectors", metavar="F.npz", help="inputs by name; `labels` for accuracy")
        source.add_argument("--samples", type=count, metavar="N", help="random vectors (default 10)")
        parser.add_argument("--seed", type=int, default=0, help="of the random vectors")
        parser.add_argument("--against", metavar="ORACLE", help="also compare with litert, onnxruntime or qonnx")

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Exit code 1 when any bit differs."""
        if args.seed < 0:
            raise UsageError(f"--seed is {args.seed}; it must not be negative")
        report = self._folder(args) if Path(args.model).is_dir() else self._model(args)
        if not args.json:
            show(report)
        return report.to_json(), 0 if report.bit_exact else 1

    def _folder(self, args: argparse.Namespace) -> FolderReport:
        if args.vectors or args.against or args.samples or args.calibrate:
            raise UsageError(
                "a folder is checked with its own vectors; give the model file for --vectors, --samples, --against,"
                " --calibrate"
            )
        return verify_folder(Path(args.model), load_target(args.target) if args.target else None)

    def _model(self, args: argparse.Namespace) -> Report:
        args.target = args.target or "cortex-m4"
        build = compile_from(args)
        if args.vectors:
            vectors = load_vectors(Path(args.vectors), build.graph)
        else:
            vectors = random_vectors(build.graph, args.samples or 10, args.seed)
        with progress_bar(f"verify on {build.target.name}", len(vectors.inputs)) as bar:
            return verify_build(
                build,
                vectors,
                model=Path(args.model),
                against=args.against,
                progress=lambda done: bar.advance(bar.task_ids[0], done),
            )


def show(report: Report | FolderReport) -> None:
    """The verdict for people."""
    out = console()
    verdict = "bit-exact" if report.bit_exact else f"{report.mismatches} of {report.vectors} vectors differ"
    where = report.target if report.emulator == "none" else f"{report.target} in {report.emulator}"
    out.print(f"{where}: {report.vectors} vector{'s' * (report.vectors != 1)}, {verdict}")
    if report.first is not None:
        out.print(str(report.first), markup=False)
    for line in report.remarks():
        out.print(line, markup=False)
    sizes = report.firmware.sizes
    stack = "not measured" if report.stack is None else f"{report.stack:,} bytes"
    out.print(f"flash {sizes.code:,} bytes of code, {sizes.constants:,} of constants; stack {stack}")
