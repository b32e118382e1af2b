"""Writes what torch answers of small vision transformers, and of position embeddings that it interpolates.

Needs torch, timm and transformers, which the tests do not. Run from the root of the repository, in an environment with
the packages of requirements/test.txt and requirements/speed.txt:

    python -m tests.converters.make_transformer_fixtures

The committed files were written with torch 2.13.0, timm 1.0.31, transformers 5.24.0 and NumPy 2.4.6 on Python 3.11.
"""

import dataclasses

import numpy as np
import torch
from timm.layers import resample_abs_pos_embed
from transformers import Dinov2Config, Dinov2WithRegistersConfig
from transformers.models.dinov2.modeling_dinov2 import Dinov2Embeddings
from transformers.models.dinov2_with_registers.modeling_dinov2_with_registers import Dinov2WithRegistersEmbeddings

from benchmarks.conversion.torch_dinov2 import resized
from benchmarks.conversion.torch_networks import make_network, scale
from tests.converters.make_fixtures import FOLDER, write_readme
from tests.converters.small_transformers import NETWORKS, SIZES, published_weights

OLD_SIZE, NEW_SIZES, WIDTH = 5, (3, 4, 8), 2


def write_networks():
    """Writes images with values from 0 to 255 and the outputs for them, of each network and size."""
    for name, (architecture, renamed) in NETWORKS.items():
        description = dataclasses.asdict(architecture) | {"family": architecture.family}
        weights = {key: torch.from_numpy(np.ascontiguousarray(a)) for key, a in published_weights(name).items()}
        setting = {"description": description, "layout": "transformers" if renamed else "own"}
        network, answers = make_network(setting, weights).eval(), {}
        for size in SIZES:
            images = np.random.default_rng(size).integers(0, 256, (2, size, size, 3)).astype("uint8")
            with torch.inference_mode():
                outputs = network(scale(images.astype("float32"))).numpy()
            answers |= {f"images_{size}": images, f"outputs_{size}": outputs}
        np.savez_compressed(FOLDER / f"{name}.npz", **answers)


def write_positions():
    """Writes positions, and what each published code makes of them, as "CODE_SIZE"."""
    positions = torch.from_numpy(np.random.default_rng(0).normal(0, 0.5, (1, 1 + OLD_SIZE**2, WIDTH)).astype("float32"))
    sizes = {"hidden_size": WIDTH, "image_size": OLD_SIZE, "patch_size": 1}
    plain = Dinov2Embeddings(Dinov2Config(**sizes))
    registers = Dinov2WithRegistersEmbeddings(Dinov2WithRegistersConfig(**sizes, num_register_tokens=2))
    answers = {"positions": positions}
    for size in NEW_SIZES:
        tokens = torch.zeros(1, 1 + size**2, WIDTH)
        for name, embeddings in {"transformers": plain, "transformers_registers": registers}.items():
            embeddings.position_embeddings.data = positions
            answers[f"{name}_{size}"] = embeddings.interpolate_pos_encoding(tokens, size, size)
        answers[f"dinov2_{size}"] = resized(positions, size)
        answers[f"timm_{size}"] = resample_abs_pos_embed(positions, [size, size])
    arrays = {name: tensor.detach()[0].numpy() for name, tensor in answers.items()}
    np.savez_compressed(FOLDER / "positions.npz", **arrays)


if __name__ == "__main__":
    write_networks()
    write_positions()
    write_readme()
