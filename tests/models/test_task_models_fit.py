"""Models of tasks are compiled and trained, each with its own optimizer, alone or through the `ModNet`."""

import keras
import numpy as np
import pytest

CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy


def adamw():
    return keras.optimizers.AdamW(0.1, weight_decay=0.1)


def of_task(named, task):
    return {name: value for name, value in named.items() if name.startswith(f"tasks/{task}/")}


def assert_equal(before, after):
    assert before.keys() == after.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)


def test_fit_and_train_on_batch_mix(make_model, images, labels):
    model = make_model()
    for task in (model, model.task("letters")):
        if task is not model:
            task.compile(adamw(), CROSS_ENTROPY(from_logits=True), run_eagerly=True)
        task.fit(images, labels, verbose=0)
        task.train_on_batch(images, labels)
        task.fit(images, labels, verbose=0)
        task.test_on_batch(images, labels)
        task.evaluate(images, labels, verbose=0)


@pytest.mark.parametrize("way", ["fit", "train_on_batch", "sequential"])
def test_a_task_that_is_not_in_the_batch_does_not_move(make_model, images, labels, values, way):
    # AdamW would shrink what has no gradient, too.
    model = make_model(compiled=False)
    letters = model.task("letters")
    before = values(model)
    if way == "sequential":
        letters = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.RandomFlip("horizontal", seed=0), letters])
    letters.compile(adamw(), CROSS_ENTROPY(from_logits=True), run_eagerly=True)
    if way == "train_on_batch":
        letters.train_on_batch(images, labels)
    else:
        letters.fit(images, labels, verbose=0)
    after = values(model)
    assert_equal(of_task(before, "digits"), of_task(after, "digits"))
    assert (after["bank/conv1/kernel"] != before["bank/conv1/kernel"]).any()


@pytest.fixture
def both(images, labels):
    """Images and labels of two tasks."""
    return {"digits": images, "letters": images[::-1]}, {"digits": labels, "letters": labels}


def test_settings_by_task_serve_one_of_the_tasks_too(make_model, compile_model, both):
    model, (x, y) = make_model(compiled=False), both
    losses = {task: CROSS_ENTROPY(from_logits=True) for task in x}
    compile_model(model, loss=losses, metrics={task: ["accuracy"] for task in x})
    alone = model.evaluate({"letters": x["letters"]}, {"letters": y["letters"]}, return_dict=True, verbose=0)
    together = model.evaluate(x, y, return_dict=True, verbose=0)
    assert alone["loss"] == pytest.approx(together["letters_loss"], rel=1e-5)
    model.default_task = "letters"
    plain = model.evaluate(x["letters"], y["letters"], return_dict=True, verbose=0)
    assert plain["loss"] == pytest.approx(alone["loss"], rel=1e-5)
    assert "accuracy" in plain


def test_a_list_of_metrics_serves_every_task(make_model, compile_model, both):
    model = compile_model(make_model(compiled=False), metrics=["accuracy", keras.metrics.SparseCategoricalAccuracy()])
    found = model.evaluate(*both, return_dict=True, verbose=0)
    for task in both[0]:
        assert found[f"{task}_accuracy"] == found[f"{task}_sparse_categorical_accuracy"]


def test_a_loss_by_task_that_lacks_one_is_named(make_model, compile_model, images, labels):
    model = compile_model(make_model(compiled=False), loss={"letters": CROSS_ENTROPY(from_logits=True)})
    with pytest.raises(
        ValueError, match=r"`loss` must be a dict with an entry for the task digits. Received: .'letters'"
    ):
        model.fit(images, labels, verbose=0)


def test_tasks_in_turn_are_refused_in_one_line(make_model, both):
    model, (x, y) = make_model(), both

    def batches():
        for task in ("digits", "letters"):
            yield {task: x[task]}, {task: y[task]}

    with pytest.raises(ValueError, match=r"`x` must be of the tasks \['digits'\]; `model.task\(name\)` trains each"):
        model.fit(batches(), verbose=0)


def test_each_task_has_an_optimizer_of_its_own(make_model, images, labels, values):
    model = make_model()
    model.fit(images, labels, verbose=0)
    before = values(model)
    model.default_task = "letters"
    with pytest.raises(
        ValueError, match=r"What trains of 'letters' is not what its optimizer was built for. Expected `c"
    ):
        model.fit(images, labels, verbose=0)
    assert_equal(before, values(model))
    model.task("letters").compile("sgd", CROSS_ENTROPY(from_logits=True), run_eagerly=True)
    model.fit(images, labels, verbose=0)
    model.default_task = "digits"
    model.fit(images, labels, verbose=0)
