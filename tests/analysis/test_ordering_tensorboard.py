import builtins
import importlib
import io

import keras
import numpy as np
import pytest
from matplotlib.image import imread
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from keras_modnet import Ordering, callbacks

TASKS = {"digits": 3, "digits_2": 2}


def read(folder):
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def values(events, tag):
    return [event.value for event in events.Scalars(tag)]


def hyper_parameters(folder):
    """`{name: value}` of a run."""
    (content,) = read(folder).summary_metadata.values()
    session = HParamsPluginData.FromString(content.plugin_data.content).session_start_info
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in session.hparams.items()}


@pytest.fixture
def model(make_model):
    return make_model(tasks=TASKS)


@pytest.fixture
def both(images, labels):
    """A batch of both tasks."""
    return dict.fromkeys(TASKS, images), dict.fromkeys(TASKS, labels)


def one_epoch(model, log_dir, logs=None, epochs=1, **arguments):
    """Lets a callback see epochs without a training; returns the events of its run `train`."""
    callback = callbacks.OrderingTensorBoard(log_dir, **arguments)
    callback.set_model(model)
    callback.set_params({"epochs": epochs, "steps": 7})
    callback.on_train_begin()
    for epoch in range(epochs):
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end()
    return read(log_dir / "train")


def test_a_training_leaves_curves_of_each_task_pictures_and_hyper_parameters(model, both, compile_model, tmp_path):
    # Op by op, JAX compiles each of them.
    compile_model(model, metrics=["accuracy"], run_eagerly=keras.backend.backend() != "jax")
    anneal = callbacks.TemperatureAnnealing(4.0, 1.0, epochs=2)
    log = callbacks.OrderingTensorBoard(tmp_path / "log", picture_every=2, hyper_parameters={"note": "first"})
    used = [anneal, callbacks.Harden(1, tasks=["digits"]), log]
    history = model.fit(*both, epochs=3, verbose=0, validation_data=both, callbacks=used).history
    train, validation = read(tmp_path / "log" / "train"), read(tmp_path / "log" / "validation")
    for task in TASKS:
        for metric in ("loss", "accuracy"):
            assert values(train, f"{task}/{metric}") == pytest.approx(history[f"{task}_{metric}"])
            assert values(validation, f"{task}/{metric}") == pytest.approx(history[f"val_{task}_{metric}"])
    assert values(train, "loss") == pytest.approx(history["loss"])
    assert values(train, "digits_2/temperature") == pytest.approx([4, 1, 1])
    assert values(train, "learning_rate") == pytest.approx([0.1] * 3)
    # Soft in the first epoch, then hard; the other task stays soft.
    for tag in ("entropy_of_step/2", "soft_hard_gap"):
        assert [value > 0 for value in values(train, f"digits/{tag}")] == [True, False, False]
        assert min(values(train, f"digits_2/{tag}")) > 0
    pictures = train.Images("orderings")
    assert [picture.step for picture in pictures] == [0, 2]
    drawn = imread(io.BytesIO(pictures[0].encoded_image_string))
    assert drawn.shape[:2] == (pictures[0].height, pictures[0].width)
    settings = hyper_parameters(tmp_path / "log")
    shown = {"note": "first", "num_steps/digits": 3, "bank/num_blocks": 3, "stem/width": 4, "optimizer": "SGD"}
    assert {name: settings[name] for name in shown} == shown


def test_numbers_of_an_ordering_follow_from_its_weights(model, tmp_path):
    router = model.task_layers["digits"].router
    router.set_weights_now([[0.5, 0.5, 0], [0.25, 0.75, 0], [0.25, 0.25, 0.5]])
    model.task("digits").compile("sgd")
    events = one_epoch(model.task("digits"), tmp_path, {"loss": 2.0, "digits_accuracy": 0.5}, picture_every=None)
    shown = {
        "loss": 2.0,
        "accuracy": 0.5,
        "entropy_of_step/0": np.log(2),
        # A half, a quarter and a half are not on the block that will run.
        "soft_hard_gap": (0.5 + 0.25 + 0.5) / 3,
        "use_of_block/0": 1 / 3,
        "use_of_block/1": 0.5,
        "use_of_block/2": 1 / 6,
    }
    for tag, value in shown.items():
        assert values(events, f"digits/{tag}") == pytest.approx([value], abs=1e-5)
    assert events.Tags()["images"] == []


@pytest.fixture
def compiled(model):
    """Both tasks, with an optimizer."""
    joint = model.joint(tuple(TASKS))
    joint.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return joint


def test_a_task_whose_name_begins_as_another_has_its_own_curves(compiled, tmp_path):
    logs = {"digits_loss": 1.0, "digits_2_loss": 2.0, "soft_step": 3.0}
    events = one_epoch(compiled, tmp_path, logs, picture_every=None)
    assert [values(events, tag) for tag in ("digits/loss", "digits_2/loss", "soft_step")] == [[1], [2], [3]]


@pytest.mark.parametrize("picture_every", [2, 5])
def test_only_the_tasks_asked_for_are_shown_and_the_last_epoch_is_drawn_once(compiled, tmp_path, picture_every):
    events = one_epoch(compiled, tmp_path, epochs=3, tasks=["digits_2"], picture_every=picture_every)
    assert {tag.partition("/")[0] for tag in events.Tags()["scalars"]} == {"digits_2", "learning_rate"}
    assert [picture.step for picture in events.Images("orderings")] == [0, 2]


def test_a_mixture_has_entropy_but_no_temperature_and_no_gap(model, tmp_path):
    model.set_ordering("digits", Ordering([[1.5, -0.25, -0.25]] * 3, mixed=True))
    model.task("digits").compile("sgd")
    events = one_epoch(model.task("digits"), tmp_path, picture_every=1)
    tags = events.Tags()["scalars"]
    assert "digits/entropy_of_step/0" in tags
    assert not {"digits/temperature", "digits/soft_hard_gap"} & set(tags)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"picture_every": 0}, "`picture_every` must be a whole number"),
        ({"hyper_parameters": {"sizes": [1, 2]}}, r"`hyper_parameters\['sizes'\]` must be a number, a text or a bool"),
    ],
)
def test_bad_arguments_are_refused_and_nothing_is_written(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.OrderingTensorBoard(tmp_path / "log", **arguments)
    assert not list(tmp_path.iterdir())


def test_an_unknown_task_is_refused_before_the_first_step(compiled, tmp_path):
    with pytest.raises(ValueError, match="`tasks` must be one of 'digits', 'digits_2'"):
        one_epoch(compiled, tmp_path / "log", tasks=["words"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ("tensorboard", r"`OrderingTensorBoard` writes for TensorBoard: `pip install keras_modnet\[tensorboard\]`"),
        ("matplotlib", r"`OrderingTensorBoard` draws with Matplotlib: `pip install keras_modnet\[plot\]`"),
    ],
)
def test_what_is_missing_is_said_at_once(monkeypatch, tmp_path, package, message):
    found = builtins.__import__

    def missing(name, *arguments):
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return found(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=message):
        callbacks.OrderingTensorBoard(tmp_path)
    if package == "matplotlib":
        callbacks.OrderingTensorBoard(tmp_path, picture_every=None)


def test_the_callbacks_are_those_that_the_module_lists():
    module = importlib.import_module("keras_modnet.callbacks")
    own = {name for name, value in vars(module).items() if isinstance(value, type)}
    assert own | {"cycle_weights"} == set(module.__all__)
