"""conv2d 3x3 of stride 1 by exact integer Winograd F(2x2, 3x3): 16 products in place of 36.

Source: Winograd 1980, Lavin and Gray 2016, y = A' ((G g G') * (B' d B)) A. All is integer here: G is doubled in each
dimension, so the sums are 4 times the accumulator; filters are stored as int16 scaled by 16 more. Transformed inputs
reach 512, filters 9 * 128 * 16. Sums, output transform and bias are linear modulo 2**32, so intermediate wrap-around is
harmless: the result 64 * acc is exact while it fits int32, which the requantization's proof checks.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int16_params, too_large
from edgegen.kernels.dsp_gemm import accepts_target, as_int32, form_context, form_symbol, form_words
from edgegen.ops.conv2d import Conv2D
from edgegen.requant_forms import Forms, accumulator_range, find
from edgegen.target import Target

G = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], dtype=np.int64)
#: the input transform leaves the row frequencies in this order
ROW_ORDER = (0, 1, 3, 2)
_FILTER_SCALE = 4
#: 64 = 4 of the transform times 16 of the filters
_SCALE = 6
_FREQUENCIES = 16
#: beyond, offsets leave the immediates of the transforms' loads
_MOST_CHANNELS = 160
_MOST_UNROLLED = 32


def transform(w: Array) -> Array:
    """w: (out, 3, 3, in) int8 -> U: (out, 16, in) int64, frequencies in the order of v."""
    u: Array = np.einsum("ai,oijc,bj->oabc", G, w.astype(np.int64), G)[:, ROW_ORDER] << _FILTER_SCALE
    return u.reshape(w.shape[0], _FREQUENCIES, w.shape[3])


def invert(u: Array) -> Array:
    """The filters that transform turned into u: exact, from the corners and the sums of frequencies."""
    out, _, channels = u.shape
    grid = np.empty((out, 4, 4, channels), dtype=np.int64)
    grid[:, ROW_ORDER] = u.reshape(out, 4, 4, channels) >> _FILTER_SCALE
    # rows of G: g0 = r0 / 2, g1 = (r1 - r2) / 2, g2 = r3 / 2
    back = np.array([[1, 0, 0, 0], [0, 1, -1, 0], [0, 0, 0, 1]], dtype=np.int64)
    quadruple: Array = np.einsum("ia,oabc,jb->oijc", back, grid, back)
    return quadruple // 4


def pack_filters(w: Array) -> Array:
    """The stream of a layer: per pair of output channels and frequency, 2 words per 2 input channels; int32.

    An odd last channel stands twice. Raises FormatError when a transformed filter does not fit int16.
    """
    u = transform(w)
    if int(np.abs(u).max(initial=0)) > 32767:
        raise FormatError("winograd23: a transformed filter does not fit int16")
    if not np.array_equal(invert(u), w):
        raise FormatError("winograd23: the transformed filters did not return the weights")
    if len(u) % 2:
        u = np.concatenate([u, u[-1:]])
    low = np.arange(u.shape[2]).reshape(-1, 4)[:, :2].ravel()
    words = (u[:, :, low] & 0xFFFF) | ((u[:, :, low + 2] & 0xFFFF) << 16)
    return as_int32(words.reshape(-1, 2, *words.shape[1:]).transpose(0, 2, 3, 1))


@lru_cache(maxsize=1024)
def layer_forms(node: Conv2D, scale: int) -> Forms | None:
    """Proven requantization of 2**scale times the accumulator."""
    lo, hi = accumulator_range(constant(node.w).reshape(node.w.type.shape[0], -1), constant(node.b))
    return find(node.requant, lo, hi, scale)


def constants_of(node: Conv2D, forms: Forms, scale: int) -> Array:
    """(channels, words) for the output transform: M, K, the third word if any, the bias."""
    return np.column_stack([form_words(forms), constant(node.b).astype(np.int64) << scale])


def common_reason(node: Conv2D, target: Target, scale: int, tile_columns: int, tile_rows: int) -> str | None:
    """What all Winograd kernels ask of a node."""
    window = node.window
    if window.kernel != (3, 3) or window.stride != (1, 1) or window.dilation != (1, 1) or node.x.type.shape[0] != 1:
        return "only 3x3 convolutions of stride 1, undilated, batch 1"
    channels = node.x.type.shape[3]
    if channels % 4 or channels > _MOST_CHANNELS:
        return f"there are {channels} input channels; it takes multiples of 4 up to {_MOST_CHANNELS}"
    if node.type.shape[1] < tile_rows or node.type.shape[2] < tile_columns:
        return f"the output is smaller than {tile_rows}x{tile_columns}"
    if layer_forms(node, scale) is None:
        return "no short requantization is exact over the accumulators' range"
    return accepts_target(target) or too_large((*node.x.type.shape, *node.type.shape))


def gemm_function(channels: int, frequencies: int) -> Function:
    """The products of all frequencies."""
    steps = channels // 2
    unroll = max(d for d in range(1, _MOST_UNROLLED + 1) if steps % d == 0)
    return Function(
        f"winograd_gemm{frequencies}_{channels}",
        "winograd_gemm.c.j2",
        {"in_c": channels, "frequencies": frequencies, "unroll": unroll, "rounds": steps // unroll},
        code_bytes=unroll * 42 + 22 + (46 if steps > unroll else 0),
    )


def gemm_instructions(channels: int, frequencies: int) -> float:
    """One call."""
    steps = channels // 2
    rounds = gemm_function(channels, frequencies).context["rounds"]
    return 4 + frequencies * (11 * steps + 4 + (11 + 3 * rounds if rounds > 1 else 0))


class Winograd23(Kernel):
    """F(2x2, 3x3), blocks of 4 tiles side by side; weights take 32 bytes in place of 9."""

    name = "winograd23"
    op = Conv2D
    formats = ("winograd23",)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        return common_reason(node, target, _SCALE, 8, 2)

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        forms = layer_forms(node, _SCALE)
        if forms is None:
            raise FormatError("winograd23: no short requantization is exact over the accumulators' range")
        _, in_h, in_w, in_c = node.x.type.shape
        _, out_h, out_w, out_c = node.type.shape
        stream = pack_filters(constant(node.w))
        constants = constants_of(node, forms, _SCALE)
        name = f"{in_c}_{form_symbol(forms)}"
        context = {"in_c": in_c, "form": form_context(forms), "bias": True}
        gemm = gemm_function(in_c, _FREQUENCIES)
        input_ = Function(f"winograd23_in_{in_c}", "winograd23_in.c.j2", {"in_c": in_c}, code_bytes=536)
        output = Function(
            f"winograd23_out_{name}", "winograd23_out.c.j2", context, code_bytes=410 + 34 * forms.instructions
        )
        driver = {
            "in_c": in_c,
            "frequencies": _FREQUENCIES,
            "odd": out_c % 2 == 1,
            "words": constants.shape[1],
            "input": input_.symbol,
            "gemm": gemm.symbol,
            "output": output.symbol,
        }
        return Lowered(
            Function(f"conv2d_s8_winograd23_{name}{'_odd' * (out_c % 2)}", "winograd23.c.j2", driver, code_bytes=420),
            int16_params(
                in_h=in_h,
                in_w=in_w,
                out_h=out_h,
                out_w=out_w,
                out_c=out_c,
                pad_top=node.window.padding[0],
                pad_left=node.window.padding[2],
                pad_value=node.pad_value,
            ),
            (Table("filters", stream, 8), Table("requant", as_int32(constants), 8)),
            workspace=_FREQUENCIES * (8 * in_c + 32) + 40 * in_c,
            helpers=(input_, gemm, output),
            runtime=("eg_dsp.h",),
            instructions=_instructions(node, forms),
            weight_bytes=int(stream.nbytes),
        )


def _instructions(node: Conv2D, forms: Forms) -> float:
    _, in_h, in_w, in_c = node.x.type.shape
    _, out_h, out_w, out_c = node.type.shape
    y0 = np.minimum(np.arange(0, out_h, 2), out_h - 2) - node.window.padding[0]
    x0 = np.minimum(np.arange(0, out_w, 8), out_w - 8) - node.window.padding[2]
    inside = int(((y0 >= 0) & (y0 + 4 <= in_h)).sum() * ((x0 >= 0) & (x0 + 10 <= in_w)).sum())
    blocks = len(y0) * len(x0)
    tie = 3 if forms.third is not None else 1
    per_tile = 16 + 16 + 2 + 8 + tie + 4 * forms.instructions + 5
    output = 18 + 2 * (14 + 4 * per_tile + 6)
    input_ = 8 + in_c // 4 * 552
    per_block = 70 + input_ + (out_c + 1) // 2 * (gemm_instructions(in_c, _FREQUENCIES) + output + 18)
    return 40 + blocks * per_block + (blocks - inside) * (4 * (40 + 12.5 * in_c) + 60)


KERNELS: tuple[Kernel, ...] = (Winograd23(),)
