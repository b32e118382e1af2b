"""From a published checkpoint to what a preset holds: arguments of a model and its tensors."""

import dataclasses

import numpy as np

from keras_modnet.checks import expect_one_of
from keras_modnet.converters.architectures import ARCHITECTURES, DESCRIPTIONS, TASK, Architecture
from keras_modnet.converters.convmixer import convert_convmixer
from keras_modnet.converters.convnext import convert_convnext
from keras_modnet.converters.read_pth import read_pth
from keras_modnet.converters.state_dict import StateDict

CONVERTERS = {"convnext": convert_convnext, "convmixer": convert_convmixer}


@dataclasses.dataclass(frozen=True)
class Converted:
    """A published network as a bank with the identity ordering: step i runs block i.

    Attributes:
        arguments: what `ModNet(**arguments)` takes, plain data.
        tensors: arrays by the names of `ModNet.named_variables()`, all of them.
    """

    arguments: dict
    tensors: dict[str, np.ndarray]


def convert(path, architecture):
    """Converts a published checkpoint of a network of equal blocks; no model is made.

    Args:
        path: path of the file, of `torch.save` or of safetensors.
        architecture: a name out of `ARCHITECTURES`, or an `Architecture`.

    Returns:
        `Converted`: one task, "imagenet", whose ordering is hard.

    Raises:
        CheckpointError: the file cannot be read or trusted, or a tensor is missing, unknown or of another shape.
        ValueError: an unknown architecture.
    """
    if not isinstance(architecture, Architecture):
        expect_one_of("architecture", architecture, ARCHITECTURES)
        architecture = DESCRIPTIONS[architecture]
    state = StateDict(path, read_pth(path))
    arguments, shared, own = CONVERTERS[architecture.family](state, architecture)
    state.finish()
    own |= _identity_ordering(architecture.depth)
    tensors = shared | {f"tasks/{TASK}/{name}": array for name, array in own.items()}
    return Converted(architecture.arguments() | arguments, {n: np.asarray(a, order="C") for n, a in tensors.items()})


def _identity_ordering(depth):
    # What `ModNet.set_ordering` writes for a hard ordering.
    return {
        "ordering/logits": 0.5 * np.eye(depth, dtype="float32"),
        "ordering/temperature": np.float32(1.0),
        "ordering/hardened": np.bool_(True),
    }
