"""A model's configuration and weights as the contents of a preset folder."""

import inspect

from keras_modnet import presets
from keras_modnet.layers.values import value_of
from keras_modnet.version import __version__

WEIGHTS_FILE = "model.safetensors"


def save_to_preset(model, folder, card=None, extra_files=None):
    """Writes a model as a preset folder, whole or not at all; a preset that was there is replaced.

    Args:
        model: a `ModNet`.
        folder: path of the folder.
        card: facts for the card, as the metadata's schema has them: description, licence, measured accuracy and so on.
        extra_files: further files of the folder, `{file name: bytes or text}`, such as the card's README.md.

    Returns:
        Path of the folder.

    Raises:
        ValueError: the folder holds something that is not a preset.
        PresetError: the card is not what the schema says.
    """
    config = {"class": "ModNet", "keras_modnet_version": __version__, "model": model.arguments()}
    tensors = {name: value_of(v) for name, v in model.named_variables().items()}
    return presets.write_preset(folder, config, tensors, card=card, extra_files=extra_files)


def check_arguments(config, file, model_class):
    """Checks that a configuration has no arguments but those of the model's constructor.

    Args:
        config: `config.json` as a dict.
        file: path of that file, for the error.
        model_class: the class of the model.

    Raises:
        PresetError: an argument is unknown, as in a preset that a newer version wrote.
    """
    known = inspect.signature(model_class.__init__).parameters.keys() - {"self", "kwargs"}
    unknown = sorted(config["model"].keys() - known)
    if unknown:
        expected = f"the arguments that keras_modnet {__version__} knows"
        written = f"'{unknown[0]}', written by keras_modnet {config['keras_modnet_version']}: update keras_modnet"
        raise presets.PresetError(file, expected, written)


def assign_tensors(model, tensors, file):
    """Gives a model the weights of a preset, all or none.

    Args:
        model: a `ModNet`.
        tensors: `{name: array}` by the names of `ModNet.named_variables`.
        file: path of the file that they come from, for the error.

    Raises:
        PresetError: a tensor is missing, unknown or of another shape.
    """
    variables = model.named_variables()
    if set(variables) != set(tensors):
        missing, extra = sorted(set(variables) - set(tensors)), sorted(set(tensors) - set(variables))
        raise presets.PresetError(file, "the tensors of the model in config.json", f"missing {missing}, extra {extra}")
    for name, variable in variables.items():
        if tuple(variable.shape) != tensors[name].shape:
            expected = f"{name} of shape {tuple(variable.shape)}"
            raise presets.PresetError(file, expected, f"shape {tensors[name].shape}")
    # Checked whole before the first assignment, so that a model is never half loaded.
    for name, variable in variables.items():
        variable.assign(tensors[name])
