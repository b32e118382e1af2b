"""A model's configuration and weights as the contents of a preset folder."""

import inspect
import warnings

from keras_modnet import presets
from keras_modnet.checks import expect, expect_one_of
from keras_modnet.layers.values import value_of
from keras_modnet.models.arguments import NETWORK_ARGUMENTS, checked_model
from keras_modnet.models.expected_tensors import expected_tensors
from keras_modnet.models.stored_tensors import check_described, fault_of
from keras_modnet.version import __version__

WEIGHTS_FILE = "model.safetensors"


def save_to_preset(model, folder, card=None, extra_files=None, if_not_finite="refuse"):
    """Writes a model as a preset folder, whole or not at all; a preset that was there is replaced.

    Args:
        model: a `ModNet`.
        folder: path of the folder.
        card: facts for the card, as the metadata's schema has them: description, licence, measured accuracy and so on.
        extra_files: further files of the folder, `{file name: bytes or text}`, such as the card's README.md.

        if_not_finite: what happens where a weight is NaN or infinite, or a variance negative: `"refuse"`, or `"warn"`
            to write what only `presets.read_preset` reads, and `from_preset` refuses.

    Returns:
        Path of the folder.

    Raises:
        ValueError: the folder holds something that is not a preset, or a weight is NaN or infinite.
        PresetError: the card is not what the schema says.
    """
    arguments = model.arguments()
    config = {"class": "ModNet", "keras_modnet_version": __version__, "model": arguments}
    tensors = {name: value_of(v) for name, v in model.named_variables().items()}
    expect_finite(dict(expected_tensors(arguments, arguments["tasks"])), tensors, if_not_finite)
    return presets.write_preset(folder, config, tensors, card=card, extra_files=extra_files)


def expect_finite(expected, tensors, if_not_finite):
    """Raises `ValueError`, or warns, where a value is none that a model can have.

    Args:
        expected: `{name: Expected}`.
        tensors: `{name: array}`.
        if_not_finite: `"refuse"` or `"warn"`.
    """
    expect_one_of("if_not_finite", if_not_finite, ("refuse", "warn"))
    faults = ((name, fault_of(one, tensors[name])) for name, one in expected.items())
    name, fault = next((pair for pair in faults if pair[1] is not None), (None, None))
    if fault is not None and if_not_finite == "warn":
        warnings.warn(f"'{name}' holds {fault}: what is written will not load.", stacklevel=4)
    else:
        expect(fault is None, "model", 'one of finite weights; `if_not_finite="warn"` writes it', f"'{name}': {fault}")


def check_preset(file, config, metadata, model_class):
    """Checks what the two JSON files of a preset say against each other and against the model; nothing is made for it.

    Args:
        file: path of `config.json`, for the error.
        config: that file as a dict.
        metadata: `metadata.json` as a dict.
        model_class: the class of the model.

    Returns:
        `{name: Expected}`, the tensors that the model will have.

    Raises:
        PresetError: an argument is unknown or none that a model can have, or the listed tensors are not those of the
            model.
    """
    check_arguments(config, file, model_class)
    defaults = inspect.signature(model_class.__init__).parameters
    given = {name: config["model"].get(name, defaults[name].default) for name in NETWORK_ARGUMENTS}
    try:
        arguments, specs, _ = checked_model(given, config["model"]["tasks"], config["model"].get("default_task"))
    except ValueError as error:
        raise presets.PresetError(file, "arguments that a model can have", str(error).removesuffix(".")) from error
    return check_described(file, expected_tensors(arguments, specs), metadata["tensors"], presets.PresetError)


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


def assign_tensors(model, tensors):
    """Gives a model weights that were checked, all of them.

    Args:
        model: a `ModNet`.
        tensors: `{name: array}` by the names of `ModNet.named_variables`.
    """
    for name, variable in model.named_variables().items():
        variable.assign(tensors[name])
