"""Generated C is C that a firmware engineer would sign: clean under strict warnings, quiet, right under sanitizers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen import compile_model, load
from edgegen.build import Build
from edgegen.interpreter import Interpreter
from tests.c.compilers import COMPILERS, SANITIZERS, compile_strictly, run, selftest_program, unpack
from tests.c.ways import Way, built, ways
from tests.graphs import network
from tests.tiny_tflite import dense_softmax

HOST_COMPILERS = [name for name in COMPILERS if name in ("gcc", "clang")]

#: what a compiler may call of its own accord; none of them allocates, prints or keeps state
LIBRARY = re.compile(
    r"mem(cpy|set|move)|__aeabi_\w+|__gnu_thumb1_case_\w+|__(clz|mul|u?div|u?mod|ashl|ashr|lshr)[a-z]*i[234]"
)


@pytest.fixture
def tools(need_tools: Callable[..., None]) -> None:
    need_tools(*sorted({words[0] for words in COMPILERS.values()}), "g++", "clang++")


@pytest.fixture(scope="module")
def small() -> Build:
    return compile_model(network(), "cortex-m4")


def written_sections(obj: Path) -> dict[str, int]:
    """Sections of an ARM object that are writable memory, with their sizes when not 0."""
    rows = [line.split() for line in run(["arm-none-eabi-size", "-A", obj], obj.parent).splitlines()]
    sizes = {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith((".data", ".bss", ".tdata"))}
    return {name: size for name, size in sizes.items() if size}


def strip(text: str) -> str:
    """Code without comments, and without the scales that the header gives to users as float literals."""
    return re.sub(r"#define \w+_SCALE .*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


FORBIDDEN = re.compile(r"\b(malloc|calloc|realloc|free|alloca|printf|float|double|goto|setjmp|long long)\b")


@pytest.mark.parametrize("way", ways(), ids=str)
def test_every_kernel_and_format_is_clean_quiet_and_right(way: Way, tools: None, tmp_path: Path) -> None:
    """Strict warnings of three compilers; integer headers only; no library; no memory but the caller's; right bits."""
    build = built(way)
    folder = unpack(build.files, tmp_path)
    for name in ("gcc", "clang", "cortex-m4"):  # tests/qemu/test_models_ways.py compiles for every target
        compile_strictly(name, folder, f"{build.prefix}.c", f"{name}.o")
    assert written_sections(folder / "cortex-m4.o") == {}
    for name, data in build.files.items():
        if name.endswith((".c", ".h")):
            text = strip(data.decode())
            assert set(re.findall(r"#\s*include <([^>]+)>", text)) <= {"stdint.h", "stddef.h"}, name
            assert not FORBIDDEN.search(text), name
    run([selftest_program(build.prefix, folder, *SANITIZERS)], folder)


@pytest.mark.parametrize(
    ("compiler", "options"),
    [
        *((compiler, ()) for compiler in COMPILERS),
        *((compiler, ("-DEG_PORTABLE",)) for compiler in COMPILERS),
        *((compiler, option) for compiler in ("gcc", "cortex-m4") for option in (("-DEG_HOOK",), ("-Os",), ("-O3",))),
    ],
)
def test_a_network_compiles_under_every_option(
    options: tuple[str, ...], compiler: str, small: Build, tools: None, tmp_path: Path
) -> None:
    folder = unpack(small.files, tmp_path)
    compile_strictly(compiler, folder, "net1.c", "net1.o", *options)
    compile_strictly(compiler, folder, "selftest/net1_selftest.c", "selftest.o", *options)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_amalgamation_is_as_clean_as_the_files(compiler: str, tools: None, tmp_path: Path) -> None:
    files = compile_model(network(), "cortex-m4", amalgamate=True).files
    folder = unpack({name: files[name] for name in ("net1.h", "net1.c")}, tmp_path)
    compile_strictly(compiler, folder, "net1.c", "net1.o")
    compile_strictly(compiler, folder, "net1.c", "portable.o", "-DEG_PORTABLE")


def test_the_amalgamation_passes_its_self_test(tools: None, tmp_path: Path) -> None:
    files = compile_model(network(), "cortex-m4", amalgamate=True).files
    run([selftest_program("net1", unpack(files, tmp_path), *SANITIZERS)], tmp_path)


@pytest.mark.parametrize("standard", ["c++98", "c++11", "c++17"])
@pytest.mark.parametrize("compiler", ["g++", "clang++", "arm-none-eabi-g++"])
def test_headers_are_included_from_cpp(
    compiler: str, standard: str, small: Build, need_tools: Callable[..., None], tmp_path: Path
) -> None:
    need_tools(compiler)
    folder = unpack(small.files, tmp_path)
    source = '#include "net1.h"\n#include "net1.h"\n#include "selftest/net1_selftest.h"\n'
    (folder / "app.cpp").write_text(source + "struct net1 net; unsigned size() { return NET1_INPUT_SIZE; }\n")
    strict = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
    run([compiler, f"-std={standard}", *strict, "-fsyntax-only", "app.cpp"], folder)


def test_every_generated_header_stands_alone(small: Build, tools: None, tmp_path: Path) -> None:
    folder = unpack(small.files, tmp_path)
    for name in sorted(small.files):
        if name.endswith(".h"):
            (folder / "alone.c").write_text(f'#include "{name}"\n#include "{name}"\ntypedef int not_empty;\n')
            flags = ["-Wno-unused-const-variable"] if "weights" in name else []
            compile_strictly("gcc", folder, "alone.c", "alone.o", *flags)


def symbols(obj: Path, kind: str, nm: str) -> set[str]:
    """External names that an object defines or wants."""
    lines = run([nm, "-g", f"--{kind}-only", obj.name], obj.parent).splitlines()
    return {line.split()[-1] for line in lines if line.strip()}


@pytest.mark.parametrize("compiler", COMPILERS)
def test_only_prefixed_functions_are_external_and_only_the_compilers_own_are_wanted(
    compiler: str, small: Build, tools: None, tmp_path: Path
) -> None:
    nm = "nm" if compiler in HOST_COMPILERS else "arm-none-eabi-nm"
    obj = compile_strictly(compiler, unpack(small.files, tmp_path), "net1.c", "net1.o")
    assert symbols(obj, "defined", nm) == {"net1_run"}
    assert {name for name in symbols(obj, "undefined", nm) if not LIBRARY.fullmatch(name)} == set()


def test_constants_lie_in_read_only_memory(small: Build, tools: None, tmp_path: Path) -> None:
    obj = compile_strictly("cortex-m4", unpack(small.files, tmp_path), "net1.c", "net1.o", "-fdata-sections")
    listing = run(["arm-none-eabi-nm", obj], tmp_path)
    tables = re.findall(r" (\w) (net1_n\d\d_\w*(?:weights|bias|multiplier|stream|table)\w*)$", listing, re.MULTILINE)
    assert tables and {kind for kind, _ in tables} == {"r"}


@pytest.mark.parametrize("external", [False, True])
def test_a_file_whose_names_try_to_leave_their_comments_compiles(external: bool, tools: None, tmp_path: Path) -> None:
    evil = '*/ int evil; /* \\\n #error no\n"??/ \u202e %s'
    (tmp_path / "evil.tflite").write_bytes(dense_softmax(name=evil))
    build = compile_model(load(tmp_path / "evil.tflite"), "cortex-m4", external=external)
    folder = unpack(build.files, tmp_path / "out")
    for compiler in ("gcc", "clang", "cortex-m4"):
        obj = compile_strictly(compiler, folder, "evil.c", "evil.o")
    assert symbols(obj, "defined", "arm-none-eabi-nm") == {"evil_run", *(["evil_open"] if external else [])}


@pytest.mark.parametrize("compiler", COMPILERS)
def test_an_amalgamation_with_external_weights_is_clean_too(compiler: str, tools: None, tmp_path: Path) -> None:
    files = compile_model(network(), "cortex-m4", amalgamate=True, external=True).files
    compile_strictly(compiler, unpack(files, tmp_path), "net1.c", "net1.o")
    compile_strictly(compiler, tmp_path, "selftest/net1_selftest.c", "selftest.o")


def test_two_models_live_in_one_program(tools: None, tmp_path: Path) -> None:
    for model, prefix in ((network(seed=1), "one"), (network("few", seed=5), "two")):
        unpack(compile_model(model, "cortex-m4", prefix=prefix).files, tmp_path)
    (tmp_path / "main.c").write_text(
        '#include "one.h"\n#include "two.h"\n#include "one_selftest.h"\n#include "two_selftest.h"\n'
        "int main(void) { return one_selftest() + two_selftest() == 0U ? 0 : 1; }\n"
    )
    sources = [f"{d}{p}{s}.c" for p in ("one", "two") for d, s in (("", ""), ("selftest/", "_selftest"))]
    flags = [*SANITIZERS, "-Wall", "-Wextra", "-Werror", "-I.", "-Iselftest"]
    run(["gcc", *flags, *sources, "main.c", "-o", "both"], tmp_path)
    run([tmp_path / "both"], tmp_path)


def test_two_amalgamations_live_in_one_source_file(tools: None, tmp_path: Path) -> None:
    for prefix in ("one", "two"):
        unpack(compile_model(network(), "cortex-m4", prefix=prefix, amalgamate=True).files, tmp_path)
    (tmp_path / "all.c").write_text('#include "one.c"\n#include "two.c"\n')
    compile_strictly("gcc", tmp_path, "all.c", "all.o")


def test_networks_run_at_once_with_a_struct_each(small: Build, tools: None, tmp_path: Path) -> None:
    folder = unpack(small.files, tmp_path)
    vectors = np.random.default_rng(3).integers(-128, 128, (2, 192), dtype=np.int8)
    expected = [Interpreter(small.graph).run({"image": v.reshape(1, 8, 8, 3)})[0].ravel() for v in vectors]
    rows = [", ".join(map(str, v.tolist())) for v in vectors]
    wanted = [", ".join(map(str, v.tolist())) for v in expected]
    (folder / "threads.c").write_text(
        f"""#include <pthread.h>
#include <string.h>
#include "net1.h"
static const int8_t in[2][192] = {{ {{ {rows[0]} }}, {{ {rows[1]} }} }};
static const int8_t want[2][6] = {{ {{ {wanted[0]} }}, {{ {wanted[1]} }} }};
static void *work(void *which)
{{
    struct net1 net; /* never initialised: whatever is in it must not matter */
    const size_t w = *(size_t *)which;
    for (int i = 0; i < 2000; i++) {{
        int8_t out[NET1_OUTPUT_SIZE];
        net1_run(&net, in[w], out);
        if (memcmp(out, want[w], sizeof out) != 0) return which;
    }}
    return NULL;
}}
int main(void)
{{
    pthread_t threads[2];
    size_t which[2] = {{ 0, 1 }};
    void *failed = NULL, *result;
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, &which[i]);
    for (int i = 0; i < 2; i++) {{ pthread_join(threads[i], &result); failed = result ? result : failed; }}
    return failed != NULL;
}}
"""
    )
    run(["gcc", "-O2", "-fsanitize=thread", "-g", "net1.c", "threads.c", "-o", "threads", "-lpthread"], folder)
    setarch = shutil.which("setarch")  # the thread sanitizer needs a predictable address space on some kernels
    run([*([setarch, "-R"] if setarch else []), folder / "threads"], folder)


def test_buffers_may_have_any_alignment(small: Build, tools: None, tmp_path: Path) -> None:
    folder = unpack(small.files, tmp_path)
    (folder / "shifted.c").write_text(
        """#include <string.h>
#include "net1.h"
int main(void)
{
    static struct net1 net;
    static int8_t in[NET1_INPUT_SIZE + 8], first[NET1_OUTPUT_SIZE + 8], out[NET1_OUTPUT_SIZE + 8];
    for (int at = 0; at < 8; at++) {
        for (int i = 0; i < (int)NET1_INPUT_SIZE; i++) in[at + i] = (int8_t)(i * 37);
        net1_run(&net, in + at, out + 7 - at);
        if (at == 0) memcpy(first, out + 7, NET1_OUTPUT_SIZE);
        if (memcmp(first, out + 7 - at, NET1_OUTPUT_SIZE) != 0) return 1;
    }
    return 0;
}
"""
    )
    run(["gcc", "-O1", *SANITIZERS, "net1.c", "shifted.c", "-o", "shifted"], folder)
    run([folder / "shifted"], folder)


def test_the_struct_has_the_size_that_the_header_states(small: Build, tools: None, tmp_path: Path) -> None:
    folder = unpack(small.files, tmp_path)
    (folder / "size.c").write_text(
        '#include "net1.h"\ntypedef char right[(sizeof(struct net1) == NET1_ARENA_SIZE) ? 1 : -1];\n'
        "typedef char macros[(NET1_NODES == 7U && NET1_INPUTS == 1U && NET1_OUTPUTS == 1U) ? 1 : -1];\n"
        "typedef NET1_INPUT_TYPE element; extern const element probe;\n"
        "static const int shape[] = NET1_INPUT_SHAPE; int rank(void); int rank(void) { return shape[3]; }\n"
        "typedef char sizes[(sizeof(NET1_MODEL_SHA256) == 65) ? 1 : -1];\n"
    )
    compile_strictly("gcc", folder, "size.c", "size.o")
    compile_strictly("cortex-m4", folder, "size.c", "size.o")


@pytest.mark.parametrize("table", ["n00_conv2d_weights", "shared0_bias", "n05_fully_connected_weights"])
def test_the_self_test_fails_when_weights_are_corrupt(table: str, tools: None, tmp_path: Path) -> None:
    build = compile_model(network(), "cortex-m3")
    folder = unpack(build.files, tmp_path)
    path = folder / "net1_weights.h"
    text = path.read_text()
    start = text.index("= {", text.index(f"net1_{table}[")) + 3
    path.write_text(text[:start] + re.sub(r"-?\d+", lambda m: "9" if m[0] != "9" else "8", text[start:], count=8))
    program = selftest_program("net1", folder)
    with pytest.raises(AssertionError, match="selftest_host"):
        run([program], folder)


def test_weights_go_into_the_section_of_the_macro(small: Build, tools: None, tmp_path: Path) -> None:
    section = '-DNET1_WEIGHTS_SECTION=__attribute__((section(".qspi")))'
    obj = compile_strictly("cortex-m4", unpack(small.files, tmp_path), "net1.c", "net1.o", section)
    listing = run(["arm-none-eabi-size", "-A", obj], tmp_path)
    found = re.search(r"^\.qspi\s+(\d+)", listing, re.MULTILINE)
    constants = sum(step.choice.chosen.lowered.flash for step in small.plan.steps)
    assert found and 0.8 * constants < int(found[1]) <= constants * 1.5 + 8 * 30


def test_code_and_memory_go_where_their_macros_say(small: Build, tools: None, tmp_path: Path) -> None:
    hot = '-DNET1_HOT_SECTION=__attribute__((section(".itcm")))'
    arena = '-DNET1_ARENA_SECTION=__attribute__((section(".dtcm")))'
    folder = unpack(small.files, tmp_path)
    for compiler in ("cortex-m4", "gcc", "clang"):
        obj = compile_strictly(compiler, folder, "net1.c", "net1.o", hot)
        dump = "arm-none-eabi-objdump" if compiler == "cortex-m4" else "objdump"
        listing = run([dump, "-t", obj], tmp_path)
        where = re.findall(r" F (\S+)\s+\w+ (\S+)", listing)
        assert {name for section, name in where if section == ".itcm"} >= {"net1_run", "net1_n00_conv2d"}
        assert [name for section, name in where if section != ".itcm" and not name.startswith("eg_")] == []
    obj = compile_strictly("cortex-m4", folder, "selftest/net1_selftest.c", "selftest.o", arena)
    assert re.search(r"^\.dtcm\s+[1-9]", run(["arm-none-eabi-size", "-A", obj], tmp_path), re.MULTILINE)


def test_an_older_runtime_header_stops_the_build_with_a_message(small: Build, tools: None, tmp_path: Path) -> None:
    folder = unpack(small.files, tmp_path)
    header = folder / "eg_runtime.h"
    header.write_text(re.sub(r"(#define EG_ABI_VERSION) \d+", r"\1 99", header.read_text()))
    with pytest.raises(AssertionError, match="generated for version"):
        compile_strictly("gcc", folder, "net1.c", "net1.o")
