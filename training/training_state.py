"""The state of a training at the end of an epoch, in one file, so that a long run goes on where it was stopped."""

import dataclasses
import json
import math
import os
import pathlib

import keras
import numpy as np

from keras_modnet.layers.values import value_of

FILE_HEADER = "header"


@dataclasses.dataclass
class TrainingState:
    """What a training had reached at the end of an epoch.

    Attributes:
        setting: what was trained, in values that JSON holds; a checkpoint of another setting is refused.
        epoch: epochs that are done.
        history: `{name: [value of each epoch]}`.
        arrays: `{name: array}` of all variables of model and optimizer; none before the first epoch.
    """

    setting: dict
    epoch: int = 0
    history: dict = dataclasses.field(default_factory=dict)
    arrays: dict = dataclasses.field(default_factory=dict)


def state_arrays(model, task):
    """Returns `{name: array}` of the variables of a `ModNet` and of the optimizer of one of its tasks.

    Args:
        model: a `ModNet`.
        task: name of the task; `model.task(task)` is compiled.
    """
    arrays = {f"model/{name}": value_of(variable) for name, variable in model.named_variables().items()}
    optimizer = model.task(task).optimizer
    return arrays | {f"optimizer/{index}": value_of(own) for index, own in enumerate(optimizer.variables)}


def restore(model, task, arrays):
    """Gives a `ModNet` and the optimizer of a task the values that `state_arrays` returned."""
    own = model.task(task)
    own.optimizer.build(own.trainable_variables)
    for name, variable in model.named_variables().items():
        variable.assign(arrays[f"model/{name}"])
    for index, variable in enumerate(own.optimizer.variables):
        variable.assign(arrays[f"optimizer/{index}"])


def read_checkpoint(path, setting):
    """Reads a checkpoint; where there is none, the state is that of the beginning.

    Args:
        path: path of the file, or None.
        setting: what is to be trained.

    Returns:
        A `TrainingState`.

    Raises:
        ValueError: the file is of another setting.
    """
    # As it comes back from the file, so that a stored setting compares equal.
    setting = json.loads(json.dumps(setting))
    if path is None or not pathlib.Path(path).is_file():
        return TrainingState(setting)
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    header = json.loads(str(arrays.pop(FILE_HEADER)))
    if header["setting"] != setting:
        raise ValueError(f"`output_dir` must be empty or of the same setting. Received: {path} of another one.")
    return TrainingState(arrays=arrays, **header)


def write_checkpoint(path, state):
    """Writes a `TrainingState`, whole or not at all."""
    header = {"setting": state.setting, "epoch": state.epoch, "history": state.history}
    temporary = pathlib.Path(path).with_suffix(".partial")
    with open(temporary, "wb") as file:
        np.savez(file, **{FILE_HEADER: np.array(json.dumps(header))}, **state.arrays)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class Checkpoint(keras.callbacks.Callback):
    """Notes the logs of each epoch in a `TrainingState`, and writes it to a file.

    A training whose loss is no finite number any more is stopped, and the state before it is kept.

    Args:
        network: the `ModNet` that is trained.
        task: name of its task whose model is fitted.
        state: the `TrainingState`, brought up to date at the end of each epoch.
        path: path of the file; None: nothing is written.
    """

    def __init__(self, network, task, state, path=None):
        super().__init__()
        self.network, self.task = network, task
        self.state, self.path = state, path

    def on_epoch_end(self, epoch, logs=None):
        """Notes and writes; raises `FloatingPointError` where the loss is no finite number."""
        logs = {name: float(value) for name, value in logs.items()}
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(f"loss of epoch {epoch}: expected a finite number, found {logs['loss']}.")
        for name, value in logs.items():
            self.state.history.setdefault(name, []).append(value)
        self.state.epoch = epoch + 1
        if self.path is not None:
            self.state.arrays = state_arrays(self.network, self.task)
            write_checkpoint(self.path, self.state)
