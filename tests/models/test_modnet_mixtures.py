"""A task whose ordering is a mixture: it runs as it stands, and everything that a task can do works with it."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.models.ordering import Ordering

# Signed, rows sum to one.
WEIGHTS = np.array([[0.5, 0.75, -0.25], [-0.5, 0.25, 1.25], [1.0, -1.0, 1.0]], "float32")


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False, width=8)
    model.set_ordering("digits", Ordering(WEIGHTS, mixed=True))
    return model


def logits(model, images, task="digits"):
    return keras.ops.convert_to_numpy(model({task: images})[task])


def test_the_mixture_is_what_was_set_and_what_runs(model, images):
    ordering = model.ordering("digits")
    assert ordering.mixed
    np.testing.assert_allclose(ordering.weights, WEIGHTS, atol=1e-6)
    by_weights = keras.ops.convert_to_numpy(model.run_with_ordering("digits", images, WEIGHTS))
    np.testing.assert_allclose(logits(model, images), by_weights, atol=1e-5)
    hard = keras.ops.convert_to_numpy(model.run_with_ordering("digits", images, ordering.hard().weights))
    assert np.abs(hard - by_weights).max() > 1e-3
    assert "(mixture)" in str(model.task_report())


def test_one_hot_rows_run_as_the_hard_ordering_does(model, images):
    model.set_ordering("digits", Ordering(np.eye(3, dtype="float32")[[2, 0, 1]], mixed=True))
    mixed = logits(model, images)
    model.set_ordering("digits", [2, 0, 1])
    assert not model.ordering("digits").mixed
    np.testing.assert_allclose(logits(model, images), mixed, atol=1e-5)


def test_norms_head_default_and_what_trains_stay_where_a_task_becomes_a_mixture(make_model, values):
    model = make_model(compiled=False)
    generator = np.random.default_rng(0)
    for name, variable in model.named_variables().items():
        if name.startswith(("tasks/digits/norm", "tasks/digits/head")):
            variable.assign(generator.uniform(0.5, 1.5, variable.shape).astype("float32"))
    model.train_only("digits", ("head",))
    model.default_task = "letters"
    before, report = values(model), model.task_report()
    model.set_ordering("digits", Ordering(WEIGHTS, mixed=True))
    after = values(model)
    assert all(np.array_equal(after[name], value) for name, value in before.items() if "digits/ordering" not in name)
    assert [row.trains for row in model.task_report()] == [row.trains for row in report]
    assert (model.task_names, model.default_task) == (("digits", "letters"), "letters")


def test_rows_go_on_summing_to_one_while_coefficients_train(model, images, labels, compile_model):
    model.train_only("digits", ("ordering",))
    compile_model(model, keras.optimizers.Adam(1e-3))
    model.fit(images, labels, epochs=3, verbose=0)
    weights = model.ordering("digits").weights
    assert np.abs(weights - WEIGHTS).max() > 1e-3
    np.testing.assert_allclose(weights.sum(-1), np.ones(3), atol=1e-5)


@pytest.mark.parametrize("block", ["basic", "bottleneck", "convmixer_7_relu"])
@pytest.mark.parametrize("fold_norms", [False, True])
def test_the_static_network_has_a_kernel_for_each_step_and_equal_logits(make_model, images, block, fold_norms):
    model = make_model(compiled=False, block=block, width=8)
    model.set_ordering("digits", Ordering(WEIGHTS, mixed=True))
    static = model.to_static("digits", fold_norms=fold_norms)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(static(images)), logits(model, images), atol=1e-4)


def test_static_tasks_share_equal_mixed_steps_and_no_others(model, images):
    model.copy_task("digits", "same")
    model.copy_task("digits", "other")
    model.set_ordering("other", Ordering(np.concatenate([WEIGHTS[:1], WEIGHTS[:2]]), mixed=True))
    static = model.to_static_tasks(["digits", "same", "other"])
    for task, own in static(images).items():
        np.testing.assert_allclose(keras.ops.convert_to_numpy(own), logits(model, images, task), atol=1e-4)
    adds = sorted(layer.name for layer in static.layers if layer.name.endswith("_add"))
    assert adds == [
        "digits_step00_add",
        "digits_step01_add",
        "digits_step02_add",
        "other_step01_add",
        "other_step02_add",
    ]


def test_a_mixture_comes_back_from_every_kind_of_file(model, images, tmp_path):
    expected = logits(model, images)
    kept = [
        keras_modnet.from_preset(str(model.save_to_preset(tmp_path / "preset"))),
        (model.save(tmp_path / "model.keras"), keras.saving.load_model(tmp_path / "model.keras"))[1],
    ]
    path = model.save_task("digits", tmp_path / "digits.modnet")
    model.remove_task("digits")
    model.load_task(path)
    for other in (*kept, model):
        assert other.ordering("digits").mixed
        np.testing.assert_allclose(logits(other, images), expected, atol=1e-6)


def test_tasks_made_from_a_mixture_are_mixtures_where_their_steps_are_as_many(model):
    model.copy_task("digits", "copy")
    model.add_task("new", 2, init_from="digits")
    model.add_task("longer", 2, init_from="digits", num_steps=4)
    model.rename_task("digits", "renamed")
    mixed = {name: model.ordering(name).mixed for name in model.task_names}
    assert mixed == {"renamed": True, "letters": False, "copy": True, "new": True, "longer": False}
    assert model.ordering("renamed") == model.ordering("new")


def test_statistics_of_a_mixture_are_those_of_what_runs(model, images):
    keras_modnet.refresh_statistics(model, "digits", [images])
    measured = model.batch_statistics("digits", images)
    for name, variable in model.named_variables().items():
        if name in measured:
            np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), measured[name], atol=1e-4, err_msg=name)


def test_edits_keep_a_mixture_and_move_its_rows(model):
    edited = model.ordering("digits").swap(0, 2).repeat(1)
    assert edited.mixed
    np.testing.assert_allclose(edited.weights, WEIGHTS[[2, 1, 1, 0]], atol=1e-6)
    model.set_ordering("digits", edited)
    assert model.ordering("digits") == edited


def test_callbacks_of_a_search_leave_mixtures_alone(model, images, labels, compile_model):
    compile_model(model)
    callbacks = keras_modnet.callbacks
    model.fit(images, labels, epochs=1, verbose=0, callbacks=[callbacks.Harden(0), callbacks.TemperatureAnnealing()])
    assert model.ordering("digits").mixed
    with pytest.raises(ValueError, match="`tasks` must be one of"):
        model.fit(images, labels, epochs=1, verbose=0, callbacks=[callbacks.Harden(0, tasks=["digits"])])


def test_negative_weights_are_for_mixtures_and_these_for_banks_that_mix_weights(make_model):
    with pytest.raises(ValueError, match="`weights` must be rows of numbers from 0 that sum to one"):
        Ordering(WEIGHTS)
    with pytest.raises(ValueError, match="`weights` must be rows of numbers that sum to one"):
        Ordering(2 * WEIGHTS, mixed=True)
    model = make_model(compiled=False, mixing="outputs")
    with pytest.raises(ValueError, match='`mixing` must be "weights" for an ordering that is a mixture'):
        model.set_ordering("digits", Ordering(WEIGHTS, mixed=True))
    assert not model.ordering("digits").mixed


def test_entropy_of_signed_weights_is_that_of_their_shares():
    # Shares of |1/2|, |3/4|, |-1/4| in 3/2: 1/3, 1/2, 1/6.
    shares = np.array([1 / 3, 1 / 2, 1 / 6])
    entropy = Ordering(WEIGHTS[:1], mixed=True).entropy[0]
    assert entropy == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-5)
