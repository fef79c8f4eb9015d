"""Streams that take nothing, interrupts before the work begins: a message and an exit code, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgegen.cli import main
from edgegen.ir import QuantParams, real_formula

ROOT = Path(__file__).resolve().parents[2]
DIGITS = str(ROOT / "examples/digits/digits_int8.onnx")


def edgegen(shell: str, *words: str) -> subprocess.CompletedProcess[str]:
    """python -m edgegen WORDS with what `shell` does to its streams."""
    line = ["sh", "-c", f'exec "$0" -m edgegen "$@" {shell}', sys.executable, *words]
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize(
    "words", [("targets",), ("targets", "--json"), ("inspect", DIGITS), ("inspect", DIGITS, "--json")]
)
def test_a_stdout_that_takes_nothing_is_an_error_in_one_line(words: tuple[str, ...]) -> None:
    done = edgegen("> /dev/full", *words)
    assert done.returncode == 1
    assert done.stderr == "edgegen: error: stdout cannot be written: No space left on device\n"


def test_an_error_is_still_told_when_stdout_takes_nothing() -> None:
    done = edgegen("> /dev/full", "build", DIGITS, "-o", "unused", "--target", "cortex-m99", "--json")
    assert done.returncode == 2
    assert done.stderr.startswith("edgegen: error: no target is named") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [("ops",), ("ops", "--json"), ("--version",)])
def test_closed_streams_are_no_error(words: tuple[str, ...]) -> None:
    done = edgegen(">&-", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert edgegen("2>&-", *words).returncode == 0
    assert edgegen(">&- 2>&-", *words).returncode == 0


def test_an_interrupt_while_modules_are_imported_ends_with_130() -> None:
    script = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'scipy.optimize':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from edgegen.cli import main\n"
        "sys.exit(main(['targets', '--json']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (130, "edgegen: interrupted\n")
    assert json.loads(done.stdout)["exit_code"] == 130


def test_an_unknown_option_points_at_the_help_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", DIGITS, "--optimise", "size"]) == 2
    assert capsys.readouterr().err == (
        "edgegen: error: unrecognized arguments: --optimise size (see edgegen inspect --help)\n"
    )


def test_an_empty_file_is_called_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.tflite").write_bytes(b"")
    assert main(["inspect", str(tmp_path / "m.tflite")]) == 3
    assert "m.tflite: it is empty; it must be" in capsys.readouterr().err


def test_a_target_without_a_matrix_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--target", "cortex-m4"]) == 2
    assert "--measure" in capsys.readouterr().err


def test_files_that_are_no_arrays_are_never_recommended_for_unpickling(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.npy").write_text("hello\n")
    assert main(["formats", "--measure", str(tmp_path / "m.npy")]) == 3
    assert main(["verify", DIGITS, "--vectors", str(tmp_path / "m.npy")]) == 2
    told = capsys.readouterr().err
    assert told.count("m.npy: is ") == 2 and "pickle" not in told


def test_vectors_without_any_are_refused_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "v.npz", image=np.zeros((0, 1, 8, 8), np.float32))
    assert main(["verify", DIGITS, "--vectors", str(tmp_path / "v.npz")]) == 2
    assert "shape (0, 1, 8, 8), which is no vector at all" in capsys.readouterr().err


def test_notes_write_no_double_signs() -> None:
    assert QuantParams((0.5,), (-128,)).formula == "real = 0.5 * (value + 128)"
    assert QuantParams((0.5,), (3,)).formula == "real = 0.5 * (value - 3)"
    assert QuantParams((0.5,), (0,)).formula == "real = 0.5 * value"
    assert real_formula(0.25, -1.5) == "real = 0.25 * (value + 1.5)"
