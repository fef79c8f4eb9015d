"""What layers of real models share is predicted and reported as it is emitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgegen import compile_model, load
from edgegen.report import build_json
from edgegen.selection.candidates import Options
from edgegen.selection.problem import totals
from tests import emitted
from tests.models import datasets


@pytest.mark.parametrize("optimize", ["size", "balanced"])
@pytest.mark.parametrize("name", datasets.MODELS)
def test_predicted_constants_are_those_of_the_generated_c(name: str, optimize: str, shared: Path) -> None:
    build = compile_model(load(datasets.model_path(name)), "cortex-m4", Options(optimize), prefix=name, selftest=False)
    report = build_json(build)
    predicted = totals([choice.chosen for choice in build.choices]).constants
    assert predicted == emitted.constants(build) == report["flash"]["weights"]
    assert sum(layer["flash"] for layer in report["layers"]) == predicted
    assert sum(layer["weight_bytes"] for layer in report["layers"]) == build.plan.weight_bytes < predicted


def test_one_code_serves_the_convolutions_of_resnet(shared: Path) -> None:
    graph = load(datasets.model_path("ic"))
    build = compile_model(graph, "cortex-m4", Options("size"), prefix="ic", selftest=False)
    (code,) = [found for found in build.plan.sharing.tables if "value_lengths" in found.name]
    assert len(code.users) >= 6
    own = [
        next(w for w in c.node.candidates if (w.kernel, w.format, w.group) == (c.chosen.kernel, c.chosen.format, None))
        for c in build.choices
    ]
    assert build.plan.constants < totals(own).constants - 500
