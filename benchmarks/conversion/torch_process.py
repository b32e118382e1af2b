"""The published network in torch, in a process of its own that `run` talks to."""

import json
import pathlib
import sys

import numpy as np
import safetensors.torch
import torch

from benchmarks.conversion.torch_networks import make_network, scale


def answer(setting, requests):
    """Writes the network as torch does, and its logits; then predicts one image at every request.

    Yields once when the files are written, and once after each request.

    Args:
        setting: "description", the fields of an `Architecture`, and "folder", with `weights.safetensors` and
            `images.npy`; gets `network.pth` and `logits.npy`.
        requests: lines; what they say does not matter.
    """
    folder = pathlib.Path(setting["folder"])
    network = make_network(setting["description"]).eval()
    # Strict: every published name, and no other.
    network.load_state_dict(safetensors.torch.load_file(folder / "weights.safetensors"))
    torch.save({"model": network.state_dict()}, folder / "network.pth")
    images = scale(np.load(folder / "images.npy"))
    with torch.inference_mode():
        np.save(folder / "logits.npy", network(images).numpy())
        yield
        for _ in requests:
            network(images[:1]).numpy()
            yield


if __name__ == "__main__":
    lines = (line.strip() for line in sys.stdin)
    for _ in answer(json.loads(next(lines)), lines):
        print(json.dumps({"torch": torch.__version__}), flush=True)
