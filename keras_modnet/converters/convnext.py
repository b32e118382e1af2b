"""Isotropic ConvNeXt: its published names, and what they are called here."""

import numpy as np

from keras_modnet.converters.state_dict import stacked

ARGUMENTS = {"norm": "layer", "norm_epsilon": 1e-6, "pool_first": True}


def convert_convnext(state, architecture):
    """Takes the tensors of an isotropic ConvNeXt.

    Args:
        state: the `StateDict`.
        architecture: the `Architecture`.

    Returns:
        `(arguments, shared, own)`: further arguments of `ModNet`, tensors of stem and bank, and those of the task.

    Reference:
        Liu et al. 2022, "A ConvNet for the 2020s", arXiv 2201.03545, section 3.3.
    """
    width, patch = architecture.width, architecture.patch_size
    shared = {
        "stem/kernel": state.kernel("stem.weight", 3, width, patch),
        "stem/bias": state.vector("stem.bias", width),
    }
    blocks = [_block(state, f"blocks.{index}", architecture) for index in range(architecture.depth)]
    shared |= {f"bank/{name}": array for name, array in stacked(blocks).items()}
    own = {
        "head/output/scale": state.vector("norm.weight", width)[None],
        "head/output/offset": state.vector("norm.bias", width)[None],
        "head/kernel": state.matrix("head.weight", width, architecture.num_classes),
        "head/bias": state.vector("head.bias", architecture.num_classes),
    }
    return ARGUMENTS, shared, own


def _block(state, block, architecture):
    width = architecture.width
    # Networks that were trained without the factors have none.
    gamma = f"{block}.gamma"
    scale = state.vector(gamma, width) if state.has(gamma) else np.ones(width, "float32")
    return {
        "depthwise/kernel": state.depthwise(f"{block}.dwconv.weight", width, architecture.kernel_size),
        "depthwise/bias": state.vector(f"{block}.dwconv.bias", width),
        "norm/scale": state.vector(f"{block}.norm.weight", width),
        "norm/offset": state.vector(f"{block}.norm.bias", width),
        "expand/kernel": state.matrix(f"{block}.pwconv1.weight", width, 4 * width)[None, None],
        "expand/bias": state.vector(f"{block}.pwconv1.bias", 4 * width),
        "project/kernel": state.matrix(f"{block}.pwconv2.weight", 4 * width, width)[None, None],
        "project/bias": state.vector(f"{block}.pwconv2.bias", width),
        "scale/scale": scale.reshape(1, 1, width, 1),
    }
