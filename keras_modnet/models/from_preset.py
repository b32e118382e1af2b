"""Models from preset folders."""

import contextlib
import warnings

from keras_modnet import presets
from keras_modnet.layers.initial_values import without_initial_values
from keras_modnet.models.modnet import ModNet
from keras_modnet.models.preset_io import WEIGHTS_FILE, assign_tensors, check_preset
from keras_modnet.models.stored_tensors import check_values


def from_preset(name, load_weights=True, num_classes=None, task_name="new", dtype=None):
    """Makes a model from a preset.

    Args:
        name: a name from `list_presets()`, the path of a preset folder, or a handle: `hf://owner/name[@revision]`,
            `kaggle://owner/model/framework/variation[/version]` or `gs://bucket/path`. What is not on this machine is
            downloaded once and kept.
        load_weights: whether to take the weights over; if False they are fresh and the orderings unlearned, and a
            name needs no network.
        num_classes: if given, the model gets one more task with this number of classes and a fresh head, which starts
            with the ordering and norms of the preset's default task and takes its place; one warning line says so.
        task_name: name of that task.
        dtype: dtype policy of the model such as `"mixed_bfloat16"`; default Keras's global one.

    Returns:
        A `ModNet`.

    Raises:
        PresetError: the preset is unknown, cannot be downloaded, was written by a newer keras_modnet, or a file of it
            is missing, damaged or not what its metadata says.
        ValueError: `num_classes` is under one or `task_name` is taken.
    """
    folder = presets.find_preset(name, with_weights=load_weights)
    expected = {}

    def check(config, metadata):
        expected.clear()
        expected.update(check_preset(folder / presets.CONFIG_FILE, config, metadata, ModNet))

    contents = presets.read_preset(folder, load_tensors=load_weights, check=check)
    if load_weights:
        check_values(folder / WEIGHTS_FILE, expected, contents.tensors, presets.PresetError)
    with without_initial_values() if load_weights else contextlib.nullcontext():
        model = ModNet(**contents.config["model"], dtype=dtype)
    if load_weights:
        assign_tensors(model, contents.tensors)
    if num_classes is not None:
        source = model.default_task
        model.add_task(task_name, num_classes, init_from=source)
        model.default_task = task_name
        warnings.warn(
            f"Task '{task_name}' has the bank, ordering and norms of '{source}' and a fresh head of {num_classes} "
            "classes: train it before use.",
            stacklevel=2,
        )
    return model
