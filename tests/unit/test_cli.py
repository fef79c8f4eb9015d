"""The command line as its users and their scripts meet it: exit codes, messages, one JSON object on stdout."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import numpy as np
import pytest

from edgegen import cli
from edgegen.commands.common import byte_size, latency
from edgegen.errors import EdgegenError
from tests.tiny_tflite import dense_softmax

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
DENSE = "n00_fully_connected"


class Outcome:
    """Exit code, stdout and stderr of one command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout, checked against the schema that it names."""
        report: dict[str, Any] = json.loads(self.out)
        name = report["schema"].removeprefix("edgegen.").replace("/", "-")
        jsonschema.validate(report, json.loads((SCHEMAS / f"{name}.json").read_text()))
        return report


class Cli:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str | Path) -> Outcome:
        code = cli.main([str(word) for word in words])
        return Outcome(code, *self.capsys.readouterr())


@pytest.fixture
def edgegen(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.tflite"
    path.write_bytes(dense_softmax())
    return path


def build_words(model: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("build", model, "--target", "cortex-m3", "-o", model.parent / "out", *more)


def test_build_writes_the_folder_and_says_what_it_holds(edgegen: Cli, model: Path) -> None:
    done = edgegen(*build_words(model))
    assert done.code == 0
    names = {str(p.relative_to(model.parent / "out")) for p in (model.parent / "out").rglob("*") if p.is_file()}
    assert {"tiny.h", "tiny.c", "tiny_weights.h", "CMakeLists.txt", "README.md", "edgegen-report.json"} <= names
    assert "fully_connected" in done.out and "wrote" in done.out
    assert done.err == ""


def test_build_json_is_the_published_schema_and_lists_the_files_written(edgegen: Cli, model: Path) -> None:
    report = edgegen(*build_words(model, "--json")).json
    out = model.parent / "out"
    written = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert set(report["files"]) == written - {".edgegen"}
    assert report["layers"][0]["weight_bytes"] == report["layers"][0]["macs"] == 120


@pytest.mark.parametrize("words", [["targets"], ["ops"], ["formats"]])
def test_catalogues_list_something_in_both_forms(edgegen: Cli, words: list[str]) -> None:
    (kind,) = words
    assert len(edgegen(kind).out.splitlines()) > 5
    report = json.loads(edgegen(kind, "--json").out)
    assert report["schema"] == f"edgegen.{kind}/1" and len(report[kind]) > 3


def test_targets_and_ops_follow_their_published_schemas(edgegen: Cli) -> None:
    assert "cortex-m4" in {t["name"] for t in edgegen("targets", "--json").json["targets"]}
    assert "conv2d" in {o["name"] for o in edgegen("ops", "--json").json["ops"]}


def test_inspect_gives_shapes_quantization_macs_and_weight_statistics(edgegen: Cli, model: Path) -> None:
    report = edgegen("inspect", model, "--json").json
    dense = next(n for n in report["nodes"] if n["op"] == "fully_connected")
    assert dense["macs"] == 120 and dense["weights"]["count"] == 120 and 0 < dense["weights"]["entropy_bits"] <= 8
    assert report["inputs"][0]["quant"] == {"scale": [pytest.approx(0.05)], "zero_point": [3], "axis": None}
    assert "MACs" in edgegen("inspect", model).out


def test_inspect_choices_marks_one_candidate_of_every_layer_as_chosen(edgegen: Cli, model: Path) -> None:
    report = edgegen("inspect", model, "--choices", "--target", "cortex-m3", "--json").json
    assert [sum(c["chosen"] for c in node["candidates"]) for node in report["nodes"]] == [1, 1]
    lines = edgegen("inspect", model, "--choices", "--target", "cortex-m3").out.splitlines()
    assert sum(line.startswith("> ") for line in lines) == len(report["nodes"])
    assert max(map(len, lines)) <= 100


def test_inspect_graph_prints_every_node(edgegen: Cli, model: Path) -> None:
    assert "= softmax(" in edgegen("inspect", model, "--graph").out


def test_version_and_help_end_with_0(edgegen: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--version"], ["--help"], ["build", "--help"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        assert ended.value.code == 0
        assert "edgegen" in capsys.readouterr().out


def test_dump_after_prints_the_graph_on_stderr(edgegen: Cli, model: Path) -> None:
    done = edgegen(*build_words(model, "--dump-after", "import", "--json"))
    assert "graph tiny" in done.err and done.json["prefix"] == "tiny"


#: words after the model and -o, exit code, part of the message
WRONG = {
    "unknown option": (["--frobnicate"], 2, "--frobnicate"),
    "abbreviated option": (["--optim", "size"], 2, "--optim"),
    "unknown target": (["--target", "cortex-m99"], 2, "cortex-m4"),
    "unknown node": (["--format", "n77_x=int8"], 2, DENSE),
    "unknown format": (["--format", f"{DENSE}=int9"], 2, "int4"),
    "unknown kernel": (["--kernel", f"{DENSE}=quick"], 2, "portable"),
    "format of another op": (["--format", f"{DENSE}=winograd23"], 2, "portable (int8)"),
    "half an override": (["--format", DENSE], 2, "NODE=NAME"),
    "unknown size": (["--flash", "4 parsecs"], 2, "64K"),
    "unknown latency": (["--latency", "soon"], 2, "20ms@80MHz"),
    "negative cycles": (["--cycles", "-4"], 2, "1 or more"),
    "no cycles": (["--cycles", "0"], 2, "1 or more"),
    "keyword as prefix": (["--prefix", "while"], 2, "--prefix"),
    "unknown pass": (["--dump-after", "nothing"], 2, "import"),
    "impossible flash": (["--flash", "10"], 1, "smallest reachable"),
    "impossible cycles": (["--cycles", "3"], 1, "fewest"),
    "impossible ram": (["--ram", "3"], 1, "needs 8 bytes"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_option_ends_with_its_exit_code_and_says_what_is_right(case: str, edgegen: Cli, model: Path) -> None:
    more, code, part = WRONG[case]
    plain = edgegen(*build_words(model, *more))
    assert (plain.code, plain.out) == (code, "")
    assert plain.err.startswith("edgegen: error: ") and part in plain.err
    report = edgegen(*build_words(model, *more, "--json")).json
    assert report["exit_code"] == code and part in report["message"]
    assert not (model.parent / "out").exists()


def test_formats_that_only_a_kernel_defines_can_be_asked_for(edgegen: Cli, model: Path) -> None:
    done = edgegen(*build_words(model, "--target", "cortex-m4", "--format", f"{DENSE}=int16", "--json"))
    assert done.json["layers"][0]["format"] == "int16"


def test_an_impossible_budget_names_reachable_figures_and_the_layers_that_block(edgegen: Cli, model: Path) -> None:
    message = edgegen(*build_words(model, "--flash", "10", "--cycles", "3")).err
    assert DENSE in message and "smallest reachable" in message and "fewest" in message


def test_no_command_and_an_unknown_one_are_usage_errors(edgegen: Cli) -> None:
    assert edgegen().code == 2
    assert edgegen("compile").code == 2
    assert edgegen("compile", "--json").json["error"] == "UsageError"


def spoil(model: Path, how: str) -> Path:
    """A path that is no model, in one of several ways."""
    content = model.read_bytes()
    bad = model.with_name("bad.tflite")
    match how:
        case "missing":
            return bad
        case "folder":
            bad.mkdir()
        case "empty":
            bad.write_bytes(b"")
        case "truncated":
            bad.write_bytes(content[: len(content) // 2])
        case "random":
            bad.write_bytes(np.random.default_rng(3).bytes(5000))
        case "text":
            bad.write_text("this is a story about a model\n" * 10)
        case _:
            bad.write_bytes(content[:8] + np.random.default_rng(4).bytes(len(content) - 8))
    return bad


@pytest.mark.parametrize("command", ["build", "inspect", "verify"])
@pytest.mark.parametrize("how", ["missing", "folder", "empty", "truncated", "random", "text", "identified"])
def test_what_is_no_model_is_refused_by_name(how: str, command: str, edgegen: Cli, model: Path) -> None:
    bad = spoil(model, how)
    more = ["-o", str(model.parent / "out")] if command == "build" else []
    done = edgegen(command, bad, *more, "--json")
    assert done.code == (2 if how == "folder" and command != "verify" else 3)
    assert done.json["exit_code"] == done.code and "bad.tflite" in done.json["message"]
    assert not (model.parent / "out").exists()


def test_an_unreadable_model_is_refused(edgegen: Cli, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def deny(self: Path, *args: Any, **more: Any) -> Any:
        if self.name == model.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(model))
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "open", deny)
    done = edgegen(*build_words(model, "--json"))
    assert done.code == 3 and "Permission denied" in done.json["message"]


def test_a_folder_with_foreign_files_is_left_alone(edgegen: Cli, model: Path) -> None:
    out = model.parent / "out"
    out.mkdir()
    (out / "mine.c").write_text("int mine;\n")
    done = edgegen(*build_words(model, "--json"))
    assert done.code == 1 and "mine.c" in done.json["message"]
    assert [p.name for p in out.iterdir()] == ["mine.c"]


def test_a_full_disk_leaves_the_old_output_and_nothing_else(
    edgegen: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert edgegen(*build_words(model)).code == 0
    before = {p.name: p.read_bytes() for p in (model.parent / "out").iterdir() if p.is_file()}
    listing = sorted(p.name for p in model.parent.iterdir())
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "tiny_weights.h":
            real(self, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = edgegen(*build_words(model, "--prefix", "tiny", "--optimize", "size", "--json"))
    assert done.code == 1 and "No space left" in done.json["message"]
    assert {p.name: p.read_bytes() for p in (model.parent / "out").iterdir() if p.is_file()} == before
    assert sorted(p.name for p in model.parent.iterdir()) == listing


@pytest.mark.parametrize("where", ["a/file/below", "/proc/nothing/here"])
def test_an_output_that_cannot_be_made_is_an_error(where: str, edgegen: Cli, model: Path) -> None:
    (model.parent / "a").mkdir()
    (model.parent / "a" / "file").write_text("")
    done = edgegen("build", model, "--target", "cortex-m3", "-o", model.parent / where, "--json")
    assert done.code == 1 and "cannot write" in done.json["message"]


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupt_ends_with_130_and_leaves_nothing(
    as_json: bool, edgegen: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes

    def interrupted(self: Path, data: bytes) -> int:
        if self.name == "tiny.h":
            raise KeyboardInterrupt
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    done = edgegen(*build_words(model, *(["--json"] if as_json else [])))
    assert done.code == 130 and done.err == "edgegen: interrupted\n"
    assert (done.json["exit_code"] == 130) if as_json else done.out == ""
    assert sorted(p.name for p in model.parent.iterdir()) == ["tiny.tflite"]


def test_too_little_memory_is_an_error_with_a_message(
    edgegen: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: Any, **__: Any) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr("edgegen.commands.common.compile_model", greedy)
    done = edgegen(*build_words(model, "--json"))
    assert done.code == 1 and "memory" in done.json["message"]


def test_a_reader_that_closes_the_pipe_is_no_error(model: Path) -> None:
    words = [sys.executable, "-c", "import sys; from edgegen.cli import main; sys.exit(main())"]
    words += ["inspect", str(model), "--graph"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_ascii_terminals_can_show_every_table(model: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    words = [sys.executable, "-m", "edgegen", "inspect", str(model), "--choices"]
    done = subprocess.run(words, capture_output=True, env=environment, cwd=SCHEMAS.parents[1])
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize("bad", ["text", "pickle", "npy", "truncated", "other name", "shape", "dtype", "nan", "labels"])
def test_vectors_that_do_not_fit_are_refused_by_file_and_array(bad: str, edgegen: Cli, model: Path) -> None:
    path = model.with_name("v.npz")
    good = np.zeros((2, 20), dtype=np.int8)
    whole = io.BytesIO()
    np.savez(whole, dense_in=good)
    match bad:
        case "text":
            path.write_text("no archive")
        case "pickle":
            np.savez(path, dense_in=np.array([object(), object()]))
        case "npy":
            np.save(path.open("wb"), good)
        case "truncated":
            path.write_bytes(whole.getvalue()[:-30])
        case "other name":
            np.savez(path, one=good, two=good)
        case "shape":
            np.savez(path, dense_in=good[:, :7])
        case "dtype":
            np.savez(path, dense_in=good.astype(np.int32))
        case "nan":
            np.savez(path, dense_in=np.full((2, 20), np.nan))
        case _:
            np.savez(path, dense_in=good, labels=np.zeros(5, dtype=np.int64))
    done = edgegen("verify", model, "--target", "host", "--vectors", path, "--json")
    assert done.code == 2 and "v.npz" in done.json["message"]


@pytest.mark.parametrize(
    ("more", "part"),
    [
        (["--samples", "0"], "1 or more"),
        (["--seed", "-1"], "--seed"),
        (["--against", "oracle"], "litert"),
        (["--samples", "3", "--vectors", "v.npz"], "not allowed"),
    ],
)
def test_wrong_verify_options_are_usage_errors(more: list[str], part: str, edgegen: Cli, model: Path) -> None:
    done = edgegen("verify", model, "--target", "host", *more, "--json")
    assert done.code == 2 and part in done.json["message"]


def damaged_records(record: dict[str, Any]) -> dict[str, Any]:
    """What may be wrong with a record."""
    port = {"c_type": "int8_t; evil", "elements": 3}
    return {
        "not JSON": "{",
        "nested too deeply": "[" * 100_000,
        "a list": [],
        "no target": {k: v for k, v in record.items() if k != "target"},
        "target a number": {**record, "target": 3},
        "prefix a path": {**record, "prefix": "../../tiny"},
        "no layers": {**record, "layers": None},
        "a layer without a name": {**record, "layers": [{}, {}]},
        "a checksum missing": {**record, "checksums": [[1]]},
        "no inputs": {**record, "interface": {"inputs": [], "outputs": record["interface"]["outputs"]}},
        "another C type": {**record, "interface": {**record["interface"], "inputs": [port]}},
        "sizes beyond memory": {**record, "interface": {**record["interface"], "inputs": [{"elements": 1 << 40}]}},
    }


@pytest.mark.parametrize("how", damaged_records({"interface": {"outputs": []}}))
def test_a_damaged_record_is_refused(how: str, edgegen: Cli, model: Path) -> None:
    edgegen(*build_words(model))
    path = model.parent / "out" / "edgegen-report.json"
    damaged = damaged_records(json.loads(path.read_text()))[how]
    path.write_text(damaged if isinstance(damaged, str) else json.dumps(damaged))
    done = edgegen("verify", model.parent / "out", "--json")
    assert done.code == 3 and "edgegen-report.json" in done.json["message"]


@pytest.mark.parametrize("how", ["missing", "text", "another input", "too few"])
def test_damaged_stored_vectors_are_refused(how: str, edgegen: Cli, model: Path) -> None:
    edgegen(*build_words(model))
    path = model.parent / "out" / "selftest" / "vectors.npz"
    match how:
        case "missing":
            path.unlink()
        case "text":
            path.write_text("no archive")
        case "another input":
            np.savez(path, input_0=np.zeros((4, 7), np.int8), output_0=np.zeros((4, 6), np.int8))
        case _:
            np.savez(path, input_0=np.zeros((4, 20), np.int8), output_0=np.zeros((3, 6), np.int8))
    done = edgegen("verify", model.parent / "out", "--json")
    assert done.code == 3 and "vectors.npz" in done.json["message"]


def test_a_folder_that_build_did_not_write_is_refused(edgegen: Cli, tmp_path: Path) -> None:
    done = edgegen("verify", tmp_path, "--json")
    assert done.code == 3 and "edgegen build" in done.json["message"]


def test_sizes_and_latencies_read_as_people_write_them() -> None:
    assert [byte_size(text) for text in ("65536", "64K", "1.5 KiB", "1M")] == [65536, 65536, 1536, 1 << 20]
    assert [latency(text) for text in ("20ms@80MHz", "1s@32768Hz", "50us@1MHz")] == [1_600_000, 32768, 50]


def test_every_error_class_has_an_exit_code_that_the_help_text_names() -> None:
    pending, codes = [EdgegenError], set()
    while pending:
        cls = pending.pop()
        pending.extend(cls.__subclasses__())
        codes.add(cls.exit_code)
    assert codes == {1, 2, 3, 4}
    assert all(f"{code} " in (cli.__doc__ or "") for code in (*codes, 0, cli.INTERRUPTED))
