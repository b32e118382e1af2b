"""The published network in torch, in a process of its own that `run` talks to."""

import json
import pathlib
import sys

import numpy as np
import safetensors.torch
import torch

from benchmarks.conversion.torch_networks import make_network, scale


def answer(setting, requests):
    """Writes the weights as torch does, and the network's outputs; then predicts one image at every request.

    Yields once when the files are written, and once after each request.

    Args:
        setting: "description" and "layout", as `make_network` takes them, "image_sizes", of which the first is timed,
            and "folder", with `weights.safetensors` and `images_SIZE.npy`; gets `network.pth` and `outputs_SIZE.npy`.
        requests: lines; what they say does not matter.
    """
    folder, description = pathlib.Path(setting["folder"]), setting["description"]
    weights = safetensors.torch.load_file(folder / "weights.safetensors")
    network = make_network(setting, weights).eval()
    torch.save({"model": weights}, folder / "network.pth")
    with torch.inference_mode():
        images = {}
        for size in setting["image_sizes"]:
            pixels = np.load(folder / f"images_{size}.npy")
            images[size] = scale(pixels, description["pixel_mean"], description["pixel_std"])
            np.save(folder / f"outputs_{size}.npy", network(images[size]).numpy())
        first = images[setting["image_sizes"][0]][:1]
        yield
        for _ in requests:
            network(first).numpy()
            yield


if __name__ == "__main__":
    lines = (line.strip() for line in sys.stdin)
    # Lines of the process are answers: whatever libraries print goes where errors go.
    answers, sys.stdout = sys.stdout, sys.stderr
    for _ in answer(json.loads(next(lines)), lines):
        print(json.dumps({"torch": torch.__version__}), file=answers, flush=True)
