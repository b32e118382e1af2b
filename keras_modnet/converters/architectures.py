"""The published networks that can be converted, each a description."""

from keras_modnet.converters.convmixer import ConvMixer
from keras_modnet.converters.convnext import ConvNeXt
from keras_modnet.converters.vision_transformer import VisionTransformer

# Depth and width; heads have 64 channels.
TRANSFORMERS = {"tiny": (12, 192), "small": (12, 384), "base": (12, 768), "large": (24, 1024)}
REGISTERS = 4
# Pixels from -1 to 1, as AugReg's networks take them; tested by timm on so much of the short side.
_AUGREG = {"pixel_mean": (127.5,) * 3, "pixel_std": (127.5,) * 3, "crop_share": 0.9}
_CONVMIXER = {"crop_share": 0.96}


def _convnext(depth, width):
    return ConvNeXt(depth=depth, width=width, patch_size=16)


def _dinov2(size, registers=0):
    depth, width = TRANSFORMERS[size]
    sizes = {"depth": depth, "width": width, "patch_size": 14, "image_size": 518}
    return VisionTransformer(**sizes, num_classes=None, register_tokens=registers)


def _classifier(size, **pixels):
    depth, width = TRANSFORMERS[size]
    return VisionTransformer(depth=depth, width=width, patch_size=16, **pixels)


DESCRIPTIONS = {
    "convnext_isotropic_small": _convnext(18, 384),
    "convnext_isotropic_base": _convnext(18, 768),
    "convnext_isotropic_large": _convnext(36, 1024),
    "convmixer_768_32": ConvMixer(depth=32, width=768, patch_size=7, kernel_size=7, activation="relu", **_CONVMIXER),
    "convmixer_1024_20": ConvMixer(depth=20, width=1024, patch_size=14, kernel_size=9, activation="gelu", **_CONVMIXER),
    **{f"dinov2_{size}": _dinov2(size) for size in ("small", "base", "large")},
    **{f"dinov2_{size}_registers": _dinov2(size, REGISTERS) for size in ("small", "base", "large")},
    **{f"deit_{size}": _classifier(size) for size in ("tiny", "small", "base")},
    **{f"vit_{size}": _classifier(size, **_AUGREG) for size in ("tiny", "small", "base")},
}
ARCHITECTURES = tuple(DESCRIPTIONS)
