"""The models whose cost is recorded, with what other engines spend on the same work.

Other engines' figures: TFLite Micro 90b983c2 with CMSIS-NN 4ab83cc3, arm-none-eabi-gcc 12.2, instructions of one
inference in the same emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT.parent / "shared" / "models"


@dataclass(frozen=True)
class Model:
    """One model and what to compare it with.

    name: key of the record. tflm: instructions of TFLM + CMSIS-NN. goal: instructions to reach with --optimize speed.
    peak: bytes of the tensors alive at once. board: best published cycles on a Cortex-M4 board, millions, and whose.
    """

    name: str
    file: str
    tflm: int
    goal: int
    peak: int
    board: str = ""

    @property
    def path(self) -> Path:
        return MODELS / self.file


RECORDED = (
    Model("kws", "tflite/mlperf_tiny/kws_dscnn_int8.tflite", 7_697_206, 2_700_000, 16_000, "5.18 (X-CUBE-AI 9.0)"),
    Model("vww", "tflite/mlperf_tiny/vww_mobilenet_int8.tflite", 24_101_518, 4_900_000, 55_296, "10.7 (X-CUBE-AI 9.0)"),
    Model("ic", "tflite/mlperf_tiny/ic_resnet8_int8.tflite", 29_863_008, 7_600_000, 49_152, "19.8 (X-CUBE-AI 9.0)"),
    Model("ad", "tflite/mlperf_tiny/ad01_int8.tflite", 582_892, 285_000, 768, "0.49 (Plumerai)"),
    Model("sww", "tflite/mlperf_tiny/sww_int8.tflite", 2_226_935, 850_000, 6_656, "2.15 (X-CUBE-AI 10.2)"),
    Model("mcunet_vww", "tflite/tinyengine/mcunet_vww.tflite", 48_626_080, 14_000_000, 161_472),
    Model("mcunet_detection", "tflite/tinyengine/mcunet_detection.tflite", 75_989_597, 24_000_000, 337_024),
)

#: compile time is recorded for these, too
COMPILED = (*RECORDED, Model("mcunetv2_large", "tflite/tinyengine/mcunetv2_large.tflite", 861_751_765, 0, 2_451_840))
