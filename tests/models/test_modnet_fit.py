import keras
import numpy as np
import pytest
from keras import ops

SparseLoss = keras.losses.SparseCategoricalCrossentropy
WHAT_TRAINS_HAS_CHANGED = (
    r"What trains of '{}' is not what its optimizer was built for\. Expected `compile` .* Received \d+"
)


def logits(model, images):
    return ops.convert_to_numpy(model(images))


def cross_entropy(scores, labels):
    scores = scores.astype("float64")
    return float(np.mean(np.log(np.exp(scores).sum(axis=-1)) - scores[np.arange(len(labels)), labels]))


@pytest.fixture
def both(images, labels):
    """A batch of both tasks."""
    return {"digits": images, "letters": images[::-1]}, {"digits": labels + 1, "letters": labels}


def test_dict_in_dict_out(make_model, both):
    model = make_model(compiled=False)
    answers = model(both[0])
    assert {task: tuple(answer.shape) for task, answer in answers.items()} == {"digits": (4, 3), "letters": (4, 2)}
    alone = logits(model.task("letters"), both[0]["letters"])
    np.testing.assert_array_equal(ops.convert_to_numpy(answers["letters"]), alone)
    shapes = dict.fromkeys(both[0], (None, 4, 4, 1))
    assert model.compute_output_shape(shapes) == {"digits": (None, 3), "letters": (None, 2)}


def test_losses_weights_and_metrics_by_task(make_model, compile_model, both):
    model = make_model(compiled=False)
    compile_model(
        model,
        loss={"digits": SparseLoss(from_logits=True), "letters": SparseLoss(from_logits=True)},
        loss_weights={"digits": 2.0, "letters": 0.5},
        metrics={"digits": ["accuracy"], "letters": ["accuracy"]},
    )
    images, labels = both
    results = model.evaluate(images, labels, return_dict=True, verbose=0)
    answers = {task: ops.convert_to_numpy(answer) for task, answer in model(images).items()}
    losses = {task: cross_entropy(answers[task], labels[task]) for task in answers}
    assert results["digits_loss"] == pytest.approx(losses["digits"], rel=1e-4)
    assert results["letters_loss"] == pytest.approx(losses["letters"], rel=1e-4)
    assert results["loss"] == pytest.approx(2.0 * losses["digits"] + 0.5 * losses["letters"], rel=1e-4)
    for task, answer in answers.items():
        assert results[f"{task}_accuracy"] == pytest.approx((answer.argmax(axis=-1) == labels[task]).mean())
    history = model.fit(images, labels, verbose=0).history
    assert set(history) == {"loss", "digits_loss", "letters_loss", "digits_accuracy", "letters_accuracy"}


def test_fit_on_several_tasks_moves_each_of_them(make_model, both, values):
    model = make_model()
    before = values(model)
    model.fit(*both, verbose=0)
    after = values(model)
    for name in ("stem/kernel", "bank/conv1/kernel", "tasks/digits/head/kernel", "tasks/letters/ordering/logits"):
        assert (after[name] != before[name]).any(), name


@pytest.mark.parametrize("batch", ["default", "dict"])
def test_fit_on_one_task_leaves_the_others_as_they_are(make_model, compile_model, images, labels, values, batch):
    # AdamW would shrink what has no gradient, too.
    model = make_model(compiled=False, default_task="letters")
    compile_model(model, keras.optimizers.AdamW(0.1, weight_decay=0.1))
    before = values(model)
    if batch == "dict":
        model.fit({"letters": images}, {"letters": labels}, verbose=0)
    else:
        model.fit(images, labels, verbose=0)
    after = values(model)
    for name, value in before.items():
        if name.startswith("tasks/digits/"):
            np.testing.assert_array_equal(after[name], value, err_msg=name)
    assert (after["tasks/letters/head/kernel"] != before["tasks/letters/head/kernel"]).any()


def test_weight_decay_leaves_frozen_parts_as_they_are(make_model, compile_model, images, labels, values):
    model = make_model(compiled=False)
    model.train_only("digits", ("head",))
    compile_model(model, keras.optimizers.AdamW(0.1, weight_decay=0.1))
    before = values(model)
    model.fit(images, labels, verbose=0)
    changed = {name for name, value in values(model).items() if (value != before[name]).any()}
    assert changed == {name for name in before if name.startswith("tasks/digits/head/")}


@pytest.mark.parametrize("norm", ["batch", "group", "layer"])
def test_training_lowers_the_loss(make_model, compile_model, images, labels, norm):
    model = make_model(compiled=False, norm=norm)
    model.set_ordering("letters", [0, 1, 2])
    letters = compile_model(model.task("letters"), keras.optimizers.Adam(0.1))
    losses = letters.fit(images, labels, epochs=8, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


def test_same_seed_gives_the_same_weights(make_model, images, labels, values):
    def train():
        keras.utils.set_random_seed(21)
        model = make_model()
        model.fit(images, labels, epochs=2, batch_size=2, verbose=0)
        return values(model)

    first, second = train(), train()
    for name, value in first.items():
        np.testing.assert_array_equal(second[name], value, err_msg=name)


def test_one_hot_labels_are_taken(make_model, compile_model, images, labels):
    model = make_model(compiled=False)
    compile_model(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    # Before the step: the loss is that of the batch in training mode, with the ordering fixed.
    model.set_ordering("digits", [0, 1, 2])
    expected = cross_entropy(ops.convert_to_numpy(model(images, training=True)), labels)
    loss = model.fit(images, np.eye(3, dtype="float32")[labels], verbose=0).history["loss"][0]
    assert loss == pytest.approx(expected, rel=1e-4)


def test_generator_loses_no_batch(make_model, images, labels, values):
    def batches():
        for start in (0, 2):
            yield images[start : start + 2], labels[start : start + 2]

    from_generator, from_arrays = make_model(), make_model()
    from_arrays.set_weights(from_generator.get_weights())
    from_generator.fit(batches(), steps_per_epoch=2, shuffle=False, verbose=0)
    from_arrays.fit(images, labels, batch_size=2, shuffle=False, verbose=0)
    after = values(from_arrays)
    for name, value in values(from_generator).items():
        np.testing.assert_allclose(value, after[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.train_only("digits", ("head",)),
        lambda model: model.set_ordering("digits", [0, 1, 2, 0]),
        lambda model: (model.remove_task("digits"), model.add_task("digits", 3)),
        lambda model: setattr(model.bank, "trainable", False),
    ],
)
def test_what_trains_has_changed_since_compile(make_model, compile_model, images, labels, values, change):
    model = make_model()
    model.fit(images, labels, verbose=0)
    change(model)
    model.default_task = "digits"
    before = values(model)
    with pytest.raises(ValueError, match=WHAT_TRAINS_HAS_CHANGED.format("digits")):
        model.fit(images, labels, verbose=0)
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    compile_model(model).fit(images, labels, verbose=0)


def test_the_latest_compile_counts(make_model, compile_model, images, labels):
    model = make_model(default_task="letters")
    letters = compile_model(model.task("letters"))
    own = letters.optimizer
    model.fit(images, labels, verbose=0)
    assert letters.optimizer is own
    compile_model(model).fit(images, labels, verbose=0)
    assert letters.optimizer is model.optimizer
    kept = letters.train_function
    model.fit(images, labels, verbose=0)
    assert letters.train_function is kept


def test_change_before_the_first_fit_needs_no_new_compile(make_model, images, labels, values):
    model = make_model()
    model.train_only("digits", ("head",))
    before = values(model)
    model.fit(images, labels, verbose=0)
    changed = {name for name, value in values(model).items() if (value != before[name]).any()}
    assert changed == {name for name in before if name.startswith("tasks/digits/head/")}


@pytest.mark.parametrize("mixing", ["weights", "outputs"])
@pytest.mark.parametrize("hard", [True, False])
def test_a_loop_trains_as_the_steps_one_by_one(make_model, images, labels, values, mixing, hard):
    trained = []
    for unroll in (True, False):
        keras.utils.set_random_seed(3)
        model = make_model(compiled=False, mixing=mixing, unroll=unroll)
        if hard:
            model.set_ordering("digits", [2, 0, 2])
        # Compiled as a user would: the loop is one of the graph.
        model.compile(keras.optimizers.SGD(0.1), SparseLoss(from_logits=True))
        model.fit(images, labels, epochs=2, verbose=0)
        trained.append(values(model))
    unrolled, loop = trained
    for name, value in unrolled.items():
        np.testing.assert_allclose(loop[name], value, rtol=1e-3, atol=1e-4, err_msg=name)
