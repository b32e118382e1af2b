"""Isotropic ConvNeXt: its published names, and what they are called here."""

import dataclasses

import numpy as np

from keras_modnet.converters.architecture import Architecture
from keras_modnet.converters.state_dict import stacked


@dataclasses.dataclass(frozen=True, kw_only=True)
class ConvNeXt(Architecture):
    """An isotropic ConvNeXt.

    Reference:
        Liu et al. 2022, "A ConvNet for the 2020s", arXiv 2201.03545, section 3.3.
    """

    family = "convnext"
    block = "convnext"
    kernel_size = 7

    def _further_arguments(self):
        return {"norm": "layer", "norm_epsilon": 1e-6, "pool_first": True}

    def take_tensors(self, state, image_size):
        """Takes the tensors; a map of any size has the same."""
        width = self.width
        shared = {
            "stem/kernel": state.kernel("stem.weight", 3, width, self.patch_size),
            "stem/bias": state.vector("stem.bias", width),
        }
        blocks = [self._take_block(state, f"blocks.{index}") for index in range(self.depth)]
        shared |= {f"bank/{name}": array for name, array in stacked(blocks).items()}
        own = {
            "head/output/scale": state.vector("norm.weight", width)[None],
            "head/output/offset": state.vector("norm.bias", width)[None],
            "head/kernel": state.matrix("head.weight", width, self.num_classes),
            "head/bias": state.vector("head.bias", self.num_classes),
        }
        return shared, own

    def _take_block(self, state, block):
        width = self.width
        # Networks that were trained without the factors have none.
        gamma = f"{block}.gamma"
        scale = state.vector(gamma, width) if state.has(gamma) else np.ones(width, "float32")
        return {
            "depthwise/kernel": state.depthwise(f"{block}.dwconv.weight", width, self.kernel_size),
            "depthwise/bias": state.vector(f"{block}.dwconv.bias", width),
            "norm/scale": state.vector(f"{block}.norm.weight", width),
            "norm/offset": state.vector(f"{block}.norm.bias", width),
            "expand/kernel": state.matrix(f"{block}.pwconv1.weight", width, 4 * width)[None, None],
            "expand/bias": state.vector(f"{block}.pwconv1.bias", 4 * width),
            "project/kernel": state.matrix(f"{block}.pwconv2.weight", 4 * width, width)[None, None],
            "project/bias": state.vector(f"{block}.pwconv2.bias", width),
            "scale/scale": scale.reshape(1, 1, width, 1),
        }
