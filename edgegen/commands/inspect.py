"""edgegen inspect: what is in a model, and what selection would choose."""

from __future__ import annotations

import argparse
from typing import Any

from edgegen.choices import choices_json, choices_text
from edgegen.commands.common import add_compile_options, compile_from, console, load_model
from edgegen.pipeline import integer_graph
from edgegen.printer import print_graph
from edgegen.report import inspect_json, inspect_table


class InspectCommand:
    """Print the graph."""

    name = "inspect"
    help = "print a model's graph, shapes, quantization parameters, MACs and weight statistics"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """MODEL and what to show."""
        parser.add_argument("model", metavar="MODEL", help="TFLite or ONNX file")
        add_compile_options(parser)
        parser.add_argument("--choices", action="store_true", help="per layer: kernels and formats, chosen or not")
        parser.add_argument("--graph", action="store_true", help="print the graph as text")

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """The imported graph, or the choices for a target."""
        if args.choices:
            report = choices_json(compile_from(args))
            if not args.json:
                print(choices_text(report, min(max(console().width, 80), 100)), end="")
            return report, 0
        graph = integer_graph(load_model(args.model, args.rounding, args.calibrate))
        if not args.json:
            console().print(inspect_table(graph))
            if args.graph:
                print(print_graph(graph), end="")
        return inspect_json(graph), 0
