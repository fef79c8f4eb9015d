"""Recorded inputs for the real models, quantised as each model wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHARED = Path(__file__).resolve().parents[3] / "shared"
DATASETS = SHARED / "datasets"

Int8 = NDArray[np.int8]
Labels = NDArray[np.int64]
Recording = tuple[Int8, Labels | None]

#: short name -> model file below ../shared/models
MODELS = {
    "kws": "tflite/mlperf_tiny/kws_dscnn_int8.tflite",
    "vww": "tflite/mlperf_tiny/vww_mobilenet_int8.tflite",
    "ic": "tflite/mlperf_tiny/ic_resnet8_int8.tflite",
    "ad": "tflite/mlperf_tiny/ad01_int8.tflite",
    "sww": "tflite/mlperf_tiny/sww_int8.tflite",
}


def model_path(name: str) -> Path:
    """The file of one of the five MLPerf Tiny models: kws, vww, ic, ad or sww."""
    return SHARED / "models" / MODELS[name]


def quantized(real: NDArray[Any], scale: float, zero_point: int) -> Int8:
    """Real values as int8, rounded to nearest."""
    return np.clip(np.rint(real / scale) + zero_point, -128, 127).astype(np.int8)


def _kws() -> Recording:
    """The 1000 MLPerf Tiny keyword-spotting inputs, already int8 (49 frames of 10 MFCC)."""
    with np.load(DATASETS / "kws_mlperf_1000/kws01.npz") as file:
        return file["x"].reshape(-1, 49, 10, 1), file["y"].astype(np.int64)


def _ic() -> Recording:
    """500 lossless CIFAR-10 test images; the model's input has scale 1 and zero point -128."""
    with np.load(DATASETS / "cifar10/mlperf_calib_500_kai_jiang.npz") as file:
        return (file["x"].astype(np.int16) - 128).astype(np.int8), file["y"].astype(np.int64)


def _vww() -> Recording:
    """10 crops of 96x96 pixels in 0..1; scale 1/255, zero point -128."""
    labels = np.loadtxt(DATASETS / "vww/mlonmcu_vww_output_labels.csv", str, delimiter=",", skiprows=1, max_rows=10)
    with np.load(DATASETS / "vww/mlonmcu_vww_10.npz") as file:
        return quantized(file["x"], 1 / 255, -128), labels[:, 2].astype(np.int64)


def _sww() -> Recording:
    """45 spectrograms of 30 frames x 40 bins, real values in 0..1."""
    with np.load(DATASETS / "speech/sww_calibration_samples.npz") as file:
        return quantized(file["specs"], 0.0037009612657129765, -128), file["labels"].astype(np.int64)


def _ad() -> Recording:
    """One input per frame of a 200-frame clip: five frames of 128 log-mel bins, the last four wrapping to its start."""
    frames = np.fromfile(DATASETS / "toyadmos/fulldata_f32.bin", "<f4").reshape(200, 128)
    windows = np.concatenate([np.roll(frames, -offset, axis=0) for offset in range(5)], axis=1)
    return quantized(windows, 0.3910152316093445, 89), None


_LOADERS: dict[str, Callable[[], Recording]] = {"kws": _kws, "vww": _vww, "ic": _ic, "ad": _ad, "sww": _sww}


def vectors(name: str) -> Recording:
    """(inputs int8 (n, ...) without the model's batch axis of 1 in front of n, labels (n,) or None)."""
    return _LOADERS[name]()
