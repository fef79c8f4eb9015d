"""edgegen build: model in, folder of C out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgegen.commands.common import add_compile_options, compile_from, console, dumper
from edgegen.emit.artefacts import write
from edgegen.report import build_json, layer_table


class BuildCommand:
    """Compile a model into a folder."""

    name = "build"
    help = "compile a model into a folder of C"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """MODEL, -o and everything that decides what is generated."""
        parser.add_argument("model", metavar="MODEL", help="TFLite or ONNX file")
        parser.add_argument("--output", "-o", required=True, metavar="DIR", help="folder to write; replaced as a whole")
        add_compile_options(parser)
        parser.add_argument("--amalgamate", action="store_true", help="one .h and one .c instead of several files")
        parser.add_argument("--dump-after", metavar="PASS", help="print the graph after this pass on stderr")

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Compile, then write everything at once."""
        build = compile_from(args, amalgamate=args.amalgamate, dump=dumper(args.dump_after))
        report = build_json(build)
        write(Path(args.output), build.files)
        if not args.json:
            out = console()
            out.print(layer_table(build))
            flash, ram = report["flash"], report["ram"]
            out.print(f"flash {flash['weights']:,} bytes of constants, about {flash['code']:,} of code")
            out.print(f"RAM   {ram['arena']:,} bytes of tensors, {ram['workspace']:,} of workspace")
            for note in build.graph.notes:
                out.print(f"note  {note}", markup=False)
            out.print(f"wrote {len(report['files'])} files to {args.output}", markup=False)
        return report, 0
