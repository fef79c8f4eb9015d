from __future__ import annotations

from edgegen.printer import print_graph
from tests.graphs import dense, graph, network, softmax, source


def test_a_graph_is_one_line_per_node_operands_first() -> None:
    x = source((1, 4))
    assert print_graph(graph(softmax(dense(x, 2, channels=2)), x)).splitlines() == [
        "graph tiny",
        "  %0 = input 'x' : int8[1x4]",
        "  %1 = const : int8[2x4]",
        "  %2 = const : int32[2]",
        "  %3 = fully_connected(x=%0, w=%1, b=%2, requant=requant(2 ch, zp 3, [-128, 127], double)) : int8[1x2]",
        "  %4 = softmax(x=%3, table=(2147483647, 2040109464, 1938103990, 1841198790, 17491388...) : int8[1x2]",
        "  return %4",
    ]


def test_windows_are_printed_as_kernel_stride_dilation_and_padding() -> None:
    assert "window=window(k 3x3, s 2x2, d 1x1, p 1/1/1/1)" in print_graph(network())


def test_the_text_ends_with_a_newline_and_every_name_is_defined_before_it_is_used() -> None:
    text = print_graph(network())
    assert text.endswith("\n")
    defined: set[str] = set()
    for line in text.splitlines()[1:-1]:
        name, _, right = line.strip().partition(" = ")
        used = {word.strip("=,() ") for word in right.replace("=", " ").split() if word.startswith("%")}
        assert used <= defined
        defined.add(name)
