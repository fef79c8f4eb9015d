"""conv2d 3x3 of stride 1 by exact integer Winograd: 16 products in place of 36, or 36 in place of 144.

Source: Winograd 1980, Lavin and Gray 2016, y = A' ((G g G') * (B' d B)) A. All is integer here; filters are transformed
offline and stored as int16.

    F(2x2, 3x3)   G doubled in each dimension, so the sums are 4 times the accumulator, and filters scaled by 16 more:
                  at most 9 * 128 * 16. Inputs reach 512.
    F(4x4, 3x3)   G times 24: sums are 576 times the accumulator; filters reach 144 * 128 for any int8 weights, inputs
                  d = x + 128 lie in -12750..17340 and are kept non-negative by 12800, which start values take back.
                  The exact division by 9 is a product with its inverse modulo 2**32.

Sums, output transform and bias are linear modulo 2**32, so intermediate wrap-around is harmless: the result, 64 times
the accumulator, is exact while it fits int32, which the proof of the requantization checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import constant, int16_params, too_large
from edgegen.kernels.dsp_gemm import SHIFTS, accepts_target, as_int32, form_context, form_symbol, form_words
from edgegen.ops.conv2d import Conv2D
from edgegen.requant_forms import Forms, accumulator_range, find
from edgegen.target import Target

#: both leave 64 times the accumulator
_SCALE = 6
#: beyond, offsets leave the immediates of the transforms' loads
_MOST_CHANNELS = {16: 160, 36: 80}
_MOST_UNROLLED = 32


@dataclass(frozen=True, eq=False)
class Transform:
    """How filters are transformed. g: (n, 3). inverse: (3, n) with inverse @ g = multiple * identity. order: of the row
    frequencies in memory. shift: filters are stored times 2**shift more.
    """

    name: str
    g: Array
    inverse: Array
    multiple: int
    order: tuple[int, ...]
    shift: int

    @property
    def frequencies(self) -> int:
        return len(self.g) ** 2

    def apply(self, w: Array) -> Array:
        """w: (out, 3, 3, in) int8 -> (out, frequencies, in) int64, frequencies in the order of memory."""
        u: Array = np.einsum("ai,oijc,bj->oabc", self.g, w.astype(np.int64), self.g)[:, self.order] << self.shift
        return u.reshape(w.shape[0], self.frequencies, w.shape[3])

    def invert(self, u: Array) -> Array:
        """The filters that apply turned into u."""
        size = len(self.g)
        grid = np.empty((u.shape[0], size, size, u.shape[2]), dtype=np.int64)
        grid[:, self.order] = u.reshape(grid.shape) >> self.shift
        multiple: Array = np.einsum("ia,oabc,jb->oijc", self.inverse, grid, self.inverse)
        return multiple // self.multiple**2


F23 = Transform(
    "winograd23",
    np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], dtype=np.int64),
    np.array([[1, 0, 0, 0], [0, 1, -1, 0], [0, 0, 0, 1]], dtype=np.int64),
    2,
    (0, 1, 3, 2),
    4,
)
F43 = Transform(
    "winograd43",
    np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 12]], dtype=np.int64),
    np.array([[2, 0, 0, 0, 0, 0], [0, 0, 0, 3, -3, 0], [0, 0, 0, 0, 0, 1]], dtype=np.int64),
    12,
    (0, 1, 2, 3, 4, 5),
    0,
)


def pack_filters(transform: Transform, w: Array, start: Array | None = None) -> Array:
    """The stream of a layer: per pair of output channels and frequency, 2 words per 2 input channels; int32.

    start: (out, frequencies), values that the sums start from, before each frequency's words. An odd last channel
    stands twice. Raises FormatError when a transformed filter does not fit int16.
    """
    u = transform.apply(w)
    if int(np.abs(u).max(initial=0)) > 32767:
        raise FormatError(f"{transform.name}: a transformed filter does not fit int16")
    if not np.array_equal(transform.invert(u), w):
        raise FormatError(f"{transform.name}: the transformed filters did not return the weights")
    low = np.arange(u.shape[2]).reshape(-1, 4)[:, :2].ravel()
    words = (u[:, :, low] & 0xFFFF) | ((u[:, :, low + 2] & 0xFFFF) << 16)
    if start is not None:
        words = np.concatenate([start[:, :, None], words], axis=2)
    if len(words) % 2:
        words = np.concatenate([words, words[-1:]])
    return as_int32(words.reshape(-1, 2, *words.shape[1:]).transpose(0, 2, 3, 1))


def start_values(u: Array, bias: Array) -> Array:
    """F(4x4): (out, 36) start values: they take back 12800 on all transformed and 128 on all inputs, and add the bias.

    128 everywhere only reaches frequency (1, 1), as 36 * 128; all outputs take that frequency once.
    """
    sums = u.sum(axis=2)
    start: Array = -12800 * sums
    start[:, 7] += 576 * bias.astype(np.int64) - 36 * 128 * sums[:, 7]
    return start


@lru_cache(maxsize=1024)
def layer_forms(node: Conv2D) -> Forms | None:
    """Proven requantization of 64 times the accumulator."""
    lo, hi = accumulator_range(constant(node.w).reshape(node.w.type.shape[0], -1), constant(node.b))
    return find(node.requant, lo, hi, _SCALE, shifts=SHIFTS)


def common_reason(node: Conv2D, target: Target, frequencies: int, rows: int, columns: int) -> str | None:
    """What all Winograd kernels ask of a node; rows, columns: the least output."""
    window = node.window
    if window.kernel != (3, 3) or window.stride != (1, 1) or window.dilation != (1, 1) or node.x.type.shape[0] != 1:
        return "only 3x3 convolutions of stride 1, undilated, batch 1"
    channels = node.x.type.shape[3]
    if channels % 4 or channels > _MOST_CHANNELS[frequencies]:
        return f"there are {channels} input channels; it takes multiples of 4 up to {_MOST_CHANNELS[frequencies]}"
    if node.type.shape[1] < rows or node.type.shape[2] < columns:
        return f"the output is smaller than {rows}x{columns}"
    if layer_forms(node) is None:
        return "no short requantization is exact over the accumulators' range"
    return accepts_target(target) or too_large((*node.x.type.shape, *node.type.shape))


def _required_forms(node: Conv2D) -> Forms:
    forms = layer_forms(node)
    if forms is None:
        raise FormatError("winograd: no short requantization is exact over the accumulators' range")
    return forms


def gemm_function(channels: int, frequencies: int, start: bool) -> Function:
    """The products of all frequencies."""
    steps = channels // 2
    unroll = max(d for d in range(1, _MOST_UNROLLED + 1) if steps % d == 0)
    return Function(
        f"winograd_gemm{frequencies}_{channels}",
        "winograd_gemm.c.j2",
        {"in_c": channels, "frequencies": frequencies, "unroll": unroll, "rounds": steps // unroll, "start": start},
        code_bytes=unroll * 42 + 22 + (46 if steps > unroll else 0) + 4 * start,
    )


def gemm_instructions(gemm: Function) -> float:
    """One call."""
    rounds, unroll, start, frequencies = (int(gemm.context[k]) for k in ("rounds", "unroll", "start", "frequencies"))
    return 4.0 + frequencies * (11 * unroll * rounds + 4 + start + (11 + 3 * rounds if rounds > 1 else 0))


def image_params(node: Conv2D) -> tuple[Param, ...]:
    """Sizes and padding that every Winograd driver takes."""
    _, in_h, in_w, _ = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    top, _, left, _ = node.window.padding
    sizes = {"in_h": in_h, "in_w": in_w, "out_h": out_h, "out_w": out_w, "out_c": out_c}
    return int16_params(**sizes, pad_top=top, pad_left=left, pad_value=node.pad_value)


def _copy_instructions(node: Conv2D, rows: int, columns: int) -> float:
    """A padded copy of rows x columns pixels."""
    return 60.0 + rows * (45 + 0.75 * columns * node.x.type.shape[3])


def _inside(first: Array, pad: int, span: int, size: int) -> int:
    return int(((first - pad >= 0) & (first - pad + span <= size)).sum())


class Winograd23(Kernel):
    """F(2x2, 3x3), blocks of 4 tiles side by side; weights take 32 bytes in place of 9."""

    name = "winograd23"
    op = Conv2D
    formats = ("winograd23",)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        return common_reason(node, target, F23.frequencies, 2, 8)

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        forms = _required_forms(node)
        in_c, out_c = node.x.type.shape[3], node.type.shape[3]
        stream = pack_filters(F23, constant(node.w))
        constants = np.column_stack([form_words(forms), constant(node.b).astype(np.int64) << _SCALE])
        gemm = gemm_function(in_c, F23.frequencies, False)
        input_ = Function(f"winograd23_in_{in_c}", "winograd23_in.c.j2", {"in_c": in_c}, code_bytes=536)
        name = f"{in_c}_{form_symbol(forms)}"
        output = Function(
            f"winograd23_out_{name}",
            "winograd23_out.c.j2",
            {"in_c": in_c, "form": form_context(forms), "bias": True},
            code_bytes=410 + 34 * forms.instructions,
        )
        driver = {
            "in_c": in_c,
            "frequencies": F23.frequencies,
            "odd": out_c % 2 == 1,
            "words": constants.shape[1],
            "input": input_.symbol,
            "gemm": gemm.symbol,
            "output": output.symbol,
        }
        return Lowered(
            Function(f"conv2d_s8_winograd23_{name}{'_odd' * (out_c % 2)}", "winograd23.c.j2", driver, code_bytes=330),
            image_params(node),
            (Table("filters", stream, 8), Table("requant", as_int32(constants), 8)),
            workspace=F23.frequencies * (8 * in_c + 32) + 40 * in_c,
            helpers=(input_, gemm, output),
            runtime=("eg_dsp.h",),
            instructions=_instructions23(node, forms, gemm),
            weight_bytes=int(stream.nbytes),
        )


def _instructions23(node: Conv2D, forms: Forms, gemm: Function) -> float:
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    top, _, left, _ = node.window.padding
    y0 = np.minimum(np.arange(0, out_h, 2), out_h - 2)
    x0 = np.minimum(np.arange(0, out_w, 8), out_w - 8)
    blocks, inside = len(y0) * len(x0), _inside(y0, top, 4, in_h) * _inside(x0, left, 10, in_w)
    per_tile = 42 + (3 if forms.third is not None else 1) + 4 * forms.instructions + 5
    output = 18 + 2 * (20 + 4 * per_tile)
    per_block = 78 + in_c // 4 * 552 + (out_c + 1) // 2 * (gemm_instructions(gemm) + output + 18)
    return 40 + blocks * per_block + (blocks - inside) * _copy_instructions(node, 4, 10)


class Winograd43(Kernel):
    """F(4x4, 3x3), blocks of 4 tiles anywhere; weights take 72 bytes in place of 9."""

    name = "winograd43"
    op = Conv2D
    formats = ("winograd43",)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        return common_reason(node, target, F43.frequencies, 4, 4)

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        forms = _required_forms(node)
        in_c = node.x.type.shape[3]
        w = constant(node.w)
        stream = pack_filters(F43, w, start_values(F43.apply(w), constant(node.b)))
        constants = form_words(forms)
        gemm = gemm_function(in_c, F43.frequencies, True)
        input_ = Function(f"winograd43_in_{in_c}", "winograd43_in.c.j2", {"in_c": in_c}, code_bytes=680)
        name = f"{in_c}_{form_symbol(forms)}"
        output = Function(
            f"winograd43_out_{name}",
            "winograd43_out.c.j2",
            {"in_c": in_c, "form": form_context(forms)},
            code_bytes=870 + 56 * forms.instructions,
        )
        driver = {
            "in_c": in_c,
            "frequencies": F43.frequencies,
            "words": constants.shape[1],
            "input": input_.symbol,
            "gemm": gemm.symbol,
            "output": output.symbol,
        }
        tiles_h, tiles_w = -(-node.type.shape[1] // 4), -(-node.type.shape[2] // 4)
        return Lowered(
            Function(f"conv2d_s8_winograd43_{name}", "winograd43.c.j2", driver, code_bytes=420),
            image_params(node) + int16_params(tiles=tiles_h * tiles_w, tiles_w=tiles_w),
            (Table("filters", stream, 8), Table("requant", as_int32(constants), 8)),
            workspace=F43.frequencies * (8 * in_c + 32) + 36 * in_c,
            helpers=(input_, gemm, output),
            runtime=("eg_dsp.h",),
            instructions=_instructions43(node, forms, gemm),
            weight_bytes=int(stream.nbytes),
        )


def _instructions43(node: Conv2D, forms: Forms, gemm: Function) -> float:
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    top, _, left, _ = node.window.padding
    y0 = np.minimum(np.arange(0, out_h, 4), out_h - 4)
    x0 = np.minimum(np.arange(0, out_w, 4), out_w - 4)
    tiles, inside = len(y0) * len(x0), _inside(y0, top, 6, in_h) * _inside(x0, left, 6, in_w)
    border = (tiles - inside) / tiles * _copy_instructions(node, 6, 6)
    per_row = 11 + 4 * (2 + forms.instructions) + 1 + (forms.third is not None)
    output = 24 + 2 * (18 + 4 * (22 + 6 * 21 + 4 * per_row))
    per_block = 60 + 4 * (70 + border + in_c // 4 * 690) + (out_c + 1) // 2 * (gemm_instructions(gemm) + output + 22)
    return 40 + -(-tiles // 4) * per_block


KERNELS: tuple[Kernel, ...] = (Winograd23(), Winograd43())
