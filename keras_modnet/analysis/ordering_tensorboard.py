"""One callback for TensorBoard: the curves of each task, how its ordering forms, and with what it was trained."""

import pathlib

import keras

from keras_modnet.analysis.distances import block_use
from keras_modnet.analysis.drawing import make_figure
from keras_modnet.analysis.event_files import EventFile, tensorboard_writer
from keras_modnet.analysis.plots import plot_orderings
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.values import value_of
from keras_modnet.models.running import ordering_of

HELD_OUT = "val_"


class OrderingTensorBoard(keras.callbacks.Callback):
    """Writes for TensorBoard, on every backend: `tensorboard --logdir=LOG_DIR` shows it.

    For each epoch, under the name of each task, such as `digits/`:

    - `loss`, `accuracy` and the other metrics that `fit` has; the runs `train` and `validation` share these names, so
      that their curves lie in one chart;
    - `temperature` of the draws;
    - `entropy_of_step/0` and so on, in nats; 0 where the step is decided;
    - `soft_hard_gap`: the mean over the steps of the probability that is not on the block that will run, 0 once the
      ordering is hard. `SoftHardGap`, in front of this callback, has the same gap as accuracy;
    - `use_of_block/0` and so on, as a share of the steps.

    Beside these, `learning_rate`, what other callbacks in front of this one put into the logs, the picture of
    `plot_orderings`, and the hyper-parameters: those of the bank and of the optimizer, the steps of each task, and
    your own.

    Args:
        log_dir: folder of the run; its folders `train` and `validation` are made.
        tasks: names of the tasks whose orderings are shown; default all of the model that is fitted.
        picture_every: epochs from one picture to the next; the last epoch has one, too. None draws none, and needs no
            Matplotlib.
        hyper_parameters: more of them, `{name: number, text or bool}`.

    Raises:
        ImportError: TensorBoard is not installed (`pip install keras_modnet[tensorboard]`), or Matplotlib
            (`pip install keras_modnet[plot]`).
        ValueError: a number of epochs under one; hyper-parameters of other types; when training begins, an unknown
            task.

    Example:
        log = keras_modnet.callbacks.OrderingTensorBoard("logs/first", hyper_parameters={"seed": 0})
        model.fit(images, labels, epochs=8, callbacks=[keras_modnet.callbacks.Harden(4), log])
    """

    def __init__(self, log_dir, tasks=None, picture_every=5, hyper_parameters=None):
        super().__init__()
        tensorboard_writer("OrderingTensorBoard")
        if picture_every is not None:
            expect_count("picture_every", picture_every)
            make_figure("OrderingTensorBoard", (1, 1))
        for name, value in (hyper_parameters or {}).items():
            valid = isinstance(value, bool | int | float | str)
            expect(valid, f"hyper_parameters[{name!r}]", "a number, a text or a bool", value)
        self.log_dir, self.tasks, self.picture_every = pathlib.Path(log_dir), tasks, picture_every
        self.hyper_parameters = dict(hyper_parameters or {})
        self._files, self._last, self._drawn = {}, None, None

    def on_train_begin(self, logs=None):
        """Writes the hyper-parameters."""
        for name in self.tasks or ():
            expect_one_of("tasks", name, self.model.task_names)
        self._last, self._drawn = None, None
        self._file("").hyper_parameters(_settings(self.model, self.params) | self.hyper_parameters)
        self._file("").flush()

    def on_epoch_end(self, epoch, logs=None):
        """Writes the numbers of the epoch, and now and then the picture."""
        for key, value in (logs or {}).items():
            held_out = key.startswith(HELD_OUT)
            tag = _tag_of(key.removeprefix(HELD_OUT), self.model)
            self._file("validation" if held_out else "train").scalar(tag, value, epoch)
        train = self._file("train")
        train.scalar("learning_rate", _learning_rate(self.model), epoch)
        for name in self._task_names():
            for tag, value in _numbers(self.model.task_layers[name]).items():
                train.scalar(f"{name}/{tag}", value, epoch)
        self._last = epoch
        if self.picture_every is not None and epoch % self.picture_every == 0:
            self._draw(epoch)
        for file in self._files.values():
            file.flush()

    def on_train_end(self, logs=None):
        """Draws the orderings that came out and closes the files."""
        if self.picture_every is not None and self._last != self._drawn:
            self._draw(self._last)
        for file in self._files.values():
            file.close()
        self._files = {}

    def _task_names(self):
        return self.model.task_names if self.tasks is None else self.tasks

    def _file(self, run):
        """Returns the event file of a run, made when there is something to write."""
        if run not in self._files:
            self._files[run] = EventFile(self.log_dir / run)
        return self._files[run]

    def _draw(self, epoch):
        orderings = {name: ordering_of(self.model.task_layers[name]) for name in self._task_names()}
        self._file("train").figure("orderings", plot_orderings(orderings), epoch)
        self._drawn = epoch


def _tag_of(key, model):
    """Returns the name of a curve: what Keras calls `digits_loss` becomes `digits/loss`."""
    if len(model.task_names) == 1:
        return f"{model.task_names[0]}/{key.removeprefix(f'{model.task_names[0]}_')}"
    # Of two tasks one may be called as the other begins.
    for name in sorted(model.task_names, key=len, reverse=True):
        if key.startswith(f"{name}_"):
            return f"{name}/{key.removeprefix(f'{name}_')}"
    return key


def _numbers(layers):
    """Returns what is to be told of a task's ordering, `{name: number}`."""
    ordering = ordering_of(layers)
    numbers = {f"entropy_of_step/{step}": value for step, value in enumerate(ordering.entropy)}
    numbers |= {f"use_of_block/{block}": value for block, value in enumerate(block_use([ordering])[0])}
    if not layers.mixed:
        # A mixture draws nothing, and none of its blocks will run alone.
        numbers["temperature"] = value_of(layers.router.current_temperature)
        numbers["soft_hard_gap"] = float((1 - ordering.shares.max(axis=-1)).mean())
    return numbers


def _learning_rate(model):
    return keras.ops.convert_to_numpy(model.optimizer.learning_rate)


def _settings(model, params):
    """Returns the hyper-parameters that the model and `fit` know, `{name: number, text or bool}`."""
    layers = model.task_layers
    parts = {"bank": next(iter(layers.values())).bank, "stem": model.stem}
    settings = {
        f"{part}/{name}": value
        for part, layer in parts.items()
        for name, value in layer.get_config().items()
        if name not in ("name", "trainable", "dtype")
    }
    settings |= {f"num_steps/{name}": own.num_steps for name, own in layers.items()}
    settings |= {"optimizer": type(model.optimizer).__name__, "learning_rate": float(_learning_rate(model))}
    settings |= {"epochs": params.get("epochs"), "steps_an_epoch": params.get("steps")}
    return {name: value for name, value in settings.items() if isinstance(value, bool | int | float | str)}
