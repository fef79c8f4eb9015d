"""Depthwise kernels of the DSP extension that compute a layer four channels at a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from edgegen.formats.base import Table
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import int16_params
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D

#: calls a layer's block for every four channels
BLOCKS = Function("depthwise_conv2d_s8_dsp_blocks_int8", "dsp_depthwise_blocks.c.j2", code_bytes=78)
#: of its loop, per four channels, with the block's entry; and of its call
BLOCK_INSTRUCTIONS, CALL_INSTRUCTIONS = 30.0, 30.0


@dataclass(frozen=True)
class Place:
    """The function that makes decoded weights into records (eg_place of eg_dsp.h); its symbol without the constants."""

    symbol: str
    template: str
    code_bytes: int
    #: instructions of a channel, constants included
    instructions: float
    context: Mapping[str, Any] = field(default_factory=dict)


class BlockKernel(Kernel):
    """Dense weights that lie in flash as the tile reads them: for every four channels a block of int32 words."""

    op = DepthwiseConv2D
    #: channels that are computed at a time when weights are made in RAM
    most: ClassVar[int] = 4
    #: the last block has four channels, of which the block before may have some, too
    overlaps: ClassVar[bool] = False

    @abstractmethod
    def block(self, node: DepthwiseConv2D, group: int) -> Lowered:
        """Of an accepted node: a function of type eg_channels that computes `group` channels, a multiple of 4.

        Its parameters (among them `record`, a fourth of a block's words), its workspace, and the instructions of all
        channels.
        """

    @abstractmethod
    def place(self, node: DepthwiseConv2D) -> Place:
        """How the weights of channels of an accepted node, [channel][row][column], become a block."""


def block_words(block: Lowered) -> int:
    """Words of four channels."""
    return 4 * next(param.value for param in block.params if param.name == "record" and isinstance(param.value, int))


def in_blocks(weights: Table, weight_bytes: int, node: DepthwiseConv2D, kernel: BlockKernel, group: int) -> Lowered:
    """A layer whose weights lie in flash as the tiles read them, computed by `group` channels.

    weight_bytes: of the table, without bias and requantization.
    """
    channels, block = node.x.type.shape[3], kernel.block(node, group)
    return Lowered(
        BLOCKS,
        (
            Param("block", "eg_channels", block.function.symbol),
            *int16_params(channels=channels, group=group, words=block_words(block)),
        ),
        (weights,),
        workspace=block.workspace,
        instructions=block.instructions + BLOCK_INSTRUCTIONS * -(-channels // group) + CALL_INSTRUCTIONS,
        weight_bytes=weight_bytes,
        inner=block,
    )
