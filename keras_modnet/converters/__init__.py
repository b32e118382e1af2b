"""Published checkpoints of networks of equal blocks, converted to a bank with the identity ordering."""

from keras_modnet.converters.architecture import Architecture
from keras_modnet.converters.architectures import ARCHITECTURES
from keras_modnet.converters.class_names import imagenet_class_names
from keras_modnet.converters.convert import Converted, convert
from keras_modnet.converters.convmixer import ConvMixer
from keras_modnet.converters.convnext import ConvNeXt
from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.read_pth import read_pth
from keras_modnet.converters.vision_transformer import VisionTransformer

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "CheckpointError",
    "ConvMixer",
    "ConvNeXt",
    "Converted",
    "VisionTransformer",
    "convert",
    "imagenet_class_names",
    "read_pth",
]
