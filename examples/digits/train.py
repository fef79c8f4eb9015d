"""Trains the digits example and writes digits_int8.onnx and digits_test.npz beside this file.

Needs the extra ``train`` (PyTorch, onnxruntime, scikit-learn). Its two results are committed, so nobody has to run it.
The data are scikit-learn's own: 1,797 handwritten digits, 8 x 8 pixels of 0..16. 360 of them, never seen in training
or calibration, are what the firmware is judged by.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
SEED = 7
HELD_OUT = 360
EPOCHS = 60
BATCH = 32


def make_net() -> nn.Module:
    """1 x 8 x 8 pixels in [0, 1] -> 10 scores: three 3 x 3 convolutions, a pool, one fully connected layer."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 24, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 10),
    )


def shifted(x: Tensor, generator: torch.Generator) -> Tensor:
    """Three images of ten moved by -1, 0 or 1 pixel in both directions, zeros coming in at the border.

    The digits fill their 8 x 8 pixels, so that moving all of them would cost more than it teaches.
    """
    padded = nn.functional.pad(x, (1, 1, 1, 1))
    rows, columns = torch.randint(0, 3, (2, len(x)), generator=generator).tolist()
    moved = [image[:, r : r + 8, c : c + 8] for image, r, c in zip(padded, rows, columns, strict=True)]
    stays = torch.rand(len(x), 1, 1, 1, generator=generator) < 0.7
    return torch.where(stays, x, torch.stack(moved))


def train(net: nn.Module, x: Tensor, y: Tensor) -> None:
    """Cross entropy, Adam, a learning rate that falls on a cosine to zero."""
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x), generator=generator).split(BATCH):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(shifted(x[batch], generator)), y[batch]).backward()
            optimiser.step()
        schedule.step()


class Calibration(CalibrationDataReader):
    """Feeds onnxruntime's quantiser the training images one by one."""

    def __init__(self, images: np.ndarray) -> None:
        self._rest = iter(images)

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self._rest, None)
        return None if image is None else {"image": image[None]}


def export_int8(net: nn.Module, calibration: np.ndarray, path: Path) -> None:
    """Writes the net as ONNX with QuantizeLinear / DequantizeLinear: int8 activations, int8 weights per channel."""
    with tempfile.TemporaryDirectory() as folder:
        exported, prepared = Path(folder) / "float.onnx", Path(folder) / "prepared.onnx"
        program = torch.onnx.export(
            net,
            (torch.zeros(1, 1, 8, 8),),
            input_names=["image"],
            output_names=["scores"],
            opset_version=18,
            dynamo=True,
            verbose=False,
        )
        program.save(exported)
        quant_pre_process(str(exported), str(prepared))
        quantize_static(
            str(prepared),
            str(path),
            Calibration(calibration),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
        )
    onnx.save(without_metadata(onnx.load(path)), path)


def without_metadata(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same model without what the exporter notes of its own source lines, and with the opset it uses alone."""
    graph = model.graph
    for thing in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del thing.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
    used = [opset for opset in model.opset_import if opset.domain in {node.domain for node in model.graph.node}]
    del model.opset_import[:]
    model.opset_import.extend(used)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Trains, exports, and prints the float net's accuracy; ``make demo`` tells that of the firmware."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels.reshape(-1, 1, 8, 8).astype(np.uint8)
    seen, held_out, seen_labels, held_out_labels = train_test_split(
        pixels, labels.astype(np.uint8), test_size=HELD_OUT, random_state=SEED, stratify=labels
    )
    x = torch.from_numpy(seen).float() / 16
    net = make_net()
    train(net, x, torch.from_numpy(seen_labels).long())
    net.eval()
    with torch.no_grad():
        scores = net(torch.from_numpy(held_out).float() / 16)
    print(f"float accuracy on {HELD_OUT} held-out images: {np.mean(scores.argmax(1).numpy() == held_out_labels):.4f}")
    export_int8(net, x.numpy(), HERE / "digits_int8.onnx")
    np.savez_compressed(HERE / "digits_test.npz", image=held_out.astype(np.float32) / 16, label=held_out_labels)


if __name__ == "__main__":
    main()
