"""From a published checkpoint to what a preset holds: arguments of a model and its tensors."""

import dataclasses

import numpy as np

from keras_modnet.checks import expect_one_of
from keras_modnet.converters.architecture import Architecture
from keras_modnet.converters.architectures import ARCHITECTURES, DESCRIPTIONS
from keras_modnet.converters.read_pth import open_checkpoint
from keras_modnet.converters.state_dict import StateDict


@dataclasses.dataclass(frozen=True)
class Converted:
    """A published network as a bank with the identity ordering: step i runs block i.

    Attributes:
        arguments: what `ModNet(**arguments)` takes, plain data.
        tensors: arrays by the names of `ModNet.named_variables()`, all of them.
    """

    arguments: dict
    tensors: dict[str, np.ndarray]


def convert(path, architecture, image_size=None):
    """Converts a published checkpoint of a network of equal blocks; no model is made.

    Args:
        path: path of the file, of `torch.save` or of safetensors.
        architecture: a name out of `ARCHITECTURES`, or an `Architecture`.
        image_size: side of the images in pixels, a multiple of the patch size; default that of the published network.
            Position embeddings of a vision transformer are interpolated to it; of other networks no tensor changes.

    Returns:
        `Converted`: one task, whose ordering is hard: "imagenet", or "features" of a network without classes.

    Raises:
        CheckpointError: the file cannot be read or trusted, or a tensor is missing, unknown or of another shape.
        ValueError: an unknown architecture, or a size of images that it cannot have.
    """
    if not isinstance(architecture, Architecture):
        expect_one_of("architecture", architecture, ARCHITECTURES)
        architecture = DESCRIPTIONS[architecture]
    arguments = architecture.arguments(image_size)
    with open_checkpoint(path) as tensors:
        for values in (False, True):
            # First without a value: a file of another network is refused before its tensors are read.
            state = StateDict(path, tensors, values)
            shared, own = architecture.take_tensors(state, architecture.side(image_size))
            state.finish()
    own |= _identity_ordering(architecture.depth)
    tensors = shared | {f"tasks/{architecture.task}/{name}": array for name, array in own.items()}
    return Converted(arguments, {name: np.asarray(array, order="C") for name, array in tensors.items()})


def _identity_ordering(depth):
    # What `ModNet.set_ordering` writes for a hard ordering.
    return {
        "ordering/logits": 0.5 * np.eye(depth, dtype="float32"),
        "ordering/temperature": np.float32(1.0),
        "ordering/hardened": np.bool_(True),
    }
