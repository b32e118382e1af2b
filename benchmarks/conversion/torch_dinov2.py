"""DINOv2 in torch, as a reference: the network of transformers, with its own names or those of DINOv2's repository."""

import pathlib
import tempfile

import numpy as np
import safetensors.torch
import torch
from torch import nn
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

from benchmarks.conversion.transformer_weights import under_transformers_names

HEAD_SIZE = 64
# What DINOv2's repository adds to the number of patches along a side where it computes the scale of its positions.
OFFSET = 0.1


class Dinov2Features(nn.Module):
    """DINOv2 as features: the class token and the mean of the patches, side by side.

    Args:
        description: the fields of a `keras_modnet.converters.VisionTransformer` as a dict.
        weights: `{name: tensor}`.
        layout: "own", names of DINOv2's repository, or "transformers"; positions are interpolated as that code does it.

    Raises:
        ValueError: a name is missing or unknown.
    """

    def __init__(self, description, weights, layout):
        super().__init__()
        self.registers = description["register_tokens"]
        if layout == "own":
            arrays = under_transformers_names({name: tensor.numpy() for name, tensor in weights.items()})
            weights = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
        self.network = _load(description, weights)
        # With registers, both codes do the same.
        if layout == "own" and not self.registers:
            embeddings = self.network.embeddings
            positions, patch = embeddings.position_embeddings, description["patch_size"]
            embeddings.interpolate_pos_encoding = lambda _, height, width: resized(positions, height // patch)

    def forward(self, x):
        """Returns the features `(batch, 2 * width)` of square images."""
        tokens = self.network(x).last_hidden_state
        return torch.cat([tokens[:, 0], tokens[:, 1 + self.registers :].mean(1)], dim=1)


def resized(positions, size):
    """Returns positions `(1, 1 + size^2, width)` for `size` patches a side, as DINOv2's repository has them.

    Args:
        positions: `(1, 1 + old_size^2, width)`.
        size: patches along a side.
    """
    old_size = round((positions.shape[1] - 1) ** 0.5)
    if size == old_size:
        return positions
    grid = positions[:, 1:].unflatten(1, (old_size, old_size)).permute(0, 3, 1, 2)
    grid = nn.functional.interpolate(grid, scale_factor=((size + OFFSET) / old_size,) * 2, mode="bicubic")
    return torch.cat([positions[:, :1], grid.flatten(2).transpose(1, 2)], dim=1)


def _load(description, weights):
    sizes = {"hidden_size": description["width"], "num_hidden_layers": description["depth"]}
    sizes |= {"image_size": description["image_size"], "patch_size": description["patch_size"]}
    sizes["num_attention_heads"] = description["width"] // HEAD_SIZE
    kind, config = Dinov2Model, Dinov2Config(**sizes)
    if description["register_tokens"]:
        config = Dinov2WithRegistersConfig(**sizes, num_register_tokens=description["register_tokens"])
        kind = Dinov2WithRegistersModel
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        # Names of published files are others than those in memory: the library itself translates them.
        safetensors.torch.save_file(weights, pathlib.Path(folder) / "model.safetensors", {"format": "pt"})
        network, report = kind.from_pretrained(folder, output_loading_info=True)
    faults = {name: found for name, found in report.items() if found}
    if faults:
        raise ValueError(f"`weights` must have every published name, and no other. Received: {faults}.")
    return network
