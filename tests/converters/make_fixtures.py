"""Writes the fixtures of the converters' tests: small random networks in the published names, by torch itself.

Needs torch and timm, which the tests do not. Run from the root of the repository, in an environment with the packages
of requirements/test.txt and requirements/speed.txt:

    python -m tests.converters.make_fixtures

The committed files were written with torch 2.14.1, timm 1.0.31, safetensors 0.8.0 and NumPy 2.4.6 on Python 3.11.
"""

import argparse
import hashlib
import pathlib

import numpy as np
import safetensors.torch
import timm
import torch
from torch import nn

from benchmarks.conversion.torch_networks import IsotropicConvNeXt, scale

FOLDER = pathlib.Path(__file__).parent / "fixtures"
DEPTH, WIDTH, PATCH, IMAGE, CLASSES = 3, 8, 4, 16, 5


def randomize(network, seed):
    """Draws all parameters and statistics, so that each matters to the logits."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
        elif tensor.dtype == torch.float32:
            tensor.copy_(torch.randn(tensor.shape, generator=generator) / max(tensor[0].numel(), 4) ** 0.5)
    return network.eval()


def write_answers(name, network, seed):
    """Stores images with values from 0 to 255 and the network's logits."""
    images = np.random.default_rng(seed).uniform(0, 255, (2, IMAGE, IMAGE, 3)).astype("float32")
    with torch.inference_mode():
        logits = network(scale(images)).numpy()
    np.savez(FOLDER / f"{name}.npz", images=images, logits=logits)


def write_networks():
    """Writes a file of weights and one of answers for each network."""
    sizes = (DEPTH, WIDTH, PATCH, CLASSES)
    mixer = {"dim": WIDTH, "depth": DEPTH, "patch_size": PATCH, "num_classes": CLASSES}
    networks = {
        "convnext": IsotropicConvNeXt(*sizes),
        "convnext_gamma": IsotropicConvNeXt(*sizes, with_gamma=True),
        "convmixer_relu": timm.models.ConvMixer(kernel_size=7, act_layer=nn.ReLU, **mixer),
        "convmixer_gelu": timm.models.ConvMixer(kernel_size=9, act_layer=nn.GELU, **mixer),
    }
    for seed, (name, network) in enumerate(networks.items()):
        write_answers(name, randomize(network, seed), seed)
    states = {name: network.state_dict() for name, network in networks.items()}
    torch.save({"model": states["convnext"]}, FOLDER / "convnext.pth")
    beside = {"epoch": 3, "args": argparse.Namespace(lr=0.1, name="run"), "scores": np.float64(1.5)}
    torch.save({"state_dict": states["convnext_gamma"]} | beside, FOLDER / "convnext_gamma.pth")
    torch.save(states["convmixer_relu"], FOLDER / "convmixer_relu.pth")
    safetensors.torch.save_file(states["convmixer_gelu"], FOLDER / "convmixer_gelu.safetensors")


def write_tensors():
    """Writes tensors of many types and layouts, the same values as NumPy has them, and the older format."""
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 7
    tensors = {
        "whole": base,
        "transposed": base.permute(2, 0, 1),
        "part": base[1, 1:, ::2],
        "parameter": nn.Parameter(base[0]),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "double": base.double(),
        "half": base.half(),
        "bfloat16": base.bfloat16(),
        "int64": torch.tensor([-1, 2**40]),
        "int32": torch.tensor([-1, 2**20], dtype=torch.int32),
        "int16": torch.tensor([-1, 300], dtype=torch.int16),
        "int8": torch.tensor([-1, 100], dtype=torch.int8),
        "uint8": torch.tensor([1, 200], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
    }
    torch.save(tensors, FOLDER / "tensors.pth")
    plain = {name: (tensor.float() if name == "bfloat16" else tensor) for name, tensor in tensors.items()}
    np.savez(FOLDER / "tensors.npz", **{name: tensor.detach().numpy() for name, tensor in plain.items()})
    safetensors.torch.save_file({"bfloat16": tensors["bfloat16"]}, FOLDER / "bfloat16.safetensors")
    torch.save({"whole": base[0, 0]}, FOLDER / "older_format.pth", _use_new_zipfile_serialization=False)


def write_readme():
    """Writes the list of the files with their hashes."""
    lines = [
        "# Fixtures of the converters' tests",
        "",
        "Random numbers, no trained weights. Written by `tests/converters/make_fixtures.py` and, of vision",
        "transformers, `make_transformer_fixtures.py` beside it; their docstrings have the commands and the versions.",
        "",
        "| file | bytes | SHA-256 |",
        "|---|---:|---|",
    ]
    for path in sorted(FOLDER.glob("*.*")):
        if path.suffix != ".md":
            data = path.read_bytes()
            lines.append(f"| `{path.name}` | {len(data):,} | `{hashlib.sha256(data).hexdigest()}` |")
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write_networks()
    write_tensors()
    write_readme()
