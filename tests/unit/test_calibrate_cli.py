"""--calibrate on the command line: what the commands print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from edgegen import cli
from tests.unit.test_calibrate import f32, network, written

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """MODEL --calibrate F.npz of a small hybrid network."""
    np.savez(tmp_path / "c.npz", x=f32(20, 6, 6, 2))
    return [str(written(tmp_path, *network(), ("p",))), "--calibrate", str(tmp_path / "c.npz")]


def report(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The JSON object of a command that ends with 0, checked against its schema."""
    assert cli.main([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(
        found, json.loads((SCHEMAS / f"{found['schema'].split('.')[1].replace('/', '-')}.json").read_text())
    )
    return found


def test_build_reports_the_error_on_the_samples(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(capsys, "build", *words, "-o", str(tmp_path / "out"))
    assert found["calibration"]["samples"] == 20
    (output,) = found["calibration"]["outputs"]
    assert output["name"] == "p" and output["snr_db"] > 25 and output["top1_agreement"] > 0.8
    assert any("quantised after training" in note for note in found["notes"])
    stored = json.loads((tmp_path / "out" / "edgegen-report.json").read_text())
    assert stored["calibration"] == found["calibration"]


def test_inspect_shows_the_quantised_graph(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys, "inspect", *words)
    assert found["calibration"]["samples"] == 20
    assert {node["dtype"] for node in found["nodes"]} == {"int8"}


def test_verify_is_bit_exact_and_compares_classes_with_the_float_original(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "v.npz", x=f32(20, 6, 6, 2))
    found = report(
        capsys, "verify", *words, "--target", "host", "--vectors", str(tmp_path / "v.npz"), "--against", "litert"
    )
    assert found["bit_exact"] and found["vectors"] == 20
    assert found["against"]["top1_agreement"] > 0.8


@pytest.mark.parametrize("command", ["verify", "profile"])
def test_a_folder_is_taken_as_it_is(
    command: str, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    report(capsys, "build", *words, "-o", str(tmp_path / "out"))
    assert cli.main([command, str(tmp_path / "out"), *words[1:]]) == 2
    assert "--calibrate" in capsys.readouterr().err


def test_without_calibration_data_the_refusal_names_the_option(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["inspect", words[0]]) == 3
    assert "--calibrate F.npz" in capsys.readouterr().err


def test_samples_that_cannot_be_read_are_a_usage_error(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["inspect", words[0], "--calibrate", str(tmp_path / "none.npz")]) == 2
    assert "none.npz" in capsys.readouterr().err
