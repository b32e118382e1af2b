"""The published networks in torch, as references: timm's, an isotropic ConvNeXt, and DINOv2."""

import timm
import torch
from torch import nn

from benchmarks.conversion.torch_dinov2 import HEAD_SIZE, Dinov2Features

MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class ConvNeXtBlock(nn.Module):
    """A ConvNeXt block.

    Args:
        width: channels.
        with_gamma: whether there are factors for the channels of the branch.
    """

    def __init__(self, width, with_gamma):
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)
        if with_gamma:
            self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x):
        """Runs the block on features `(batch, channels, height, width)`."""
        y = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        y = self.pwconv2(nn.functional.gelu(self.pwconv1(y)))
        if hasattr(self, "gamma"):
            y = self.gamma * y
        return x + y.permute(0, 3, 1, 2)


class IsotropicConvNeXt(nn.Module):
    """The isotropic ConvNeXt with the published names of its parameters.

    Args:
        depth: blocks.
        width: channels.
        patch_size: side of the patches in pixels.
        num_classes: number of logits.
        with_gamma: whether blocks have factors for their channels.

    Reference:
        Liu et al. 2022, "A ConvNet for the 2020s", arXiv 2201.03545, section 3.3.
    """

    def __init__(self, depth, width, patch_size, num_classes, with_gamma=False):
        super().__init__()
        self.stem = nn.Conv2d(3, width, patch_size, stride=patch_size)
        self.blocks = nn.Sequential(*(ConvNeXtBlock(width, with_gamma) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, num_classes)

    def forward(self, x):
        """Returns the logits; the norm sees the pooled features."""
        return self.head(self.norm(self.blocks(self.stem(x)).mean((2, 3))))


def make_network(setting, weights):
    """Returns a network with its weights; every published name is there, and no other.

    Args:
        setting: "description", the fields of a `keras_modnet.converters.Architecture` as a dict with its "family", and
            "layout", "transformers" where the names of that library stand in the place of the family's own.
        weights: `{name: tensor}`.
    """
    description = setting["description"]
    if description["family"] == "vision_transformer" and description["num_classes"] is None:
        return Dinov2Features(description, weights, setting["layout"])
    network = _classifier(description)
    network.load_state_dict(weights)
    return network


def _classifier(description):
    depth, width, patch, classes = (description[name] for name in ("depth", "width", "patch_size", "num_classes"))
    if description["family"] == "convnext":
        return IsotropicConvNeXt(depth, width, patch, classes)
    if description["family"] == "vision_transformer":
        sizes = {"img_size": description["image_size"], "patch_size": patch, "embed_dim": width, "depth": depth}
        sizes |= {"num_heads": width // HEAD_SIZE, "num_classes": classes}
        return timm.models.VisionTransformer(**sizes, dynamic_img_size=True)
    activation = {"relu": nn.ReLU, "gelu": nn.GELU}[description["activation"]]
    sizes = {"kernel_size": description["kernel_size"], "patch_size": patch, "num_classes": classes}
    return timm.models.ConvMixer(width, depth, act_layer=activation, **sizes)


def scale(images, mean=MEAN, std=STD):
    """Returns images `(n, height, width, 3)` from 0 to 255 as a network takes them.

    Args:
        images: a float32 array.
        mean: what is subtracted of each channel. Default: ImageNet's, as of `std`.
        std: what the difference is divided by.
    """
    return ((torch.from_numpy(images) - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2).contiguous()
