"""Small vision transformers as files: random weights in every layout in which such networks are published."""

import numpy as np
import safetensors.numpy

from benchmarks.conversion.transformer_weights import under_transformers_names
from benchmarks.conversion.weights import random_weights
from keras_modnet.converters import VisionTransformer

SEED = 0
IMAGE, SIZES = 16, (16, 8, 24)
_SIZES = {"depth": 3, "width": 128, "patch_size": 4, "image_size": IMAGE}
CLASSIFIER = VisionTransformer(num_classes=5, class_names=tuple("abcde"), **_SIZES)
FEATURES = VisionTransformer(num_classes=None, **_SIZES)
REGISTERS = VisionTransformer(num_classes=None, register_tokens=2, **_SIZES)
# By name: the description, and whether tensors have the names of transformers instead of the family's own.
NETWORKS = {
    "timm": (CLASSIFIER, False),
    "dinov2": (FEATURES, False),
    "dinov2_transformers": (FEATURES, True),
    "dinov2_registers": (REGISTERS, False),
    "dinov2_registers_transformers": (REGISTERS, True),
}
"""Which networks there are."""


def published_weights(name):
    """Returns `{name: array}` of one of `NETWORKS`, the same numbers in every layout."""
    architecture, renamed = NETWORKS[name]
    weights = random_weights(architecture, SEED)
    return under_transformers_names(weights) if renamed else weights


def write_weights(weights, path):
    """Writes `{name: array}` as a file of safetensors; returns its path."""
    safetensors.numpy.save_file({name: np.ascontiguousarray(array) for name, array in weights.items()}, path)
    return path
