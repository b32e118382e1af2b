import keras
import numpy as np
import pytest

from keras_modnet import refresh_statistics


def test_statistics_become_the_mean_over_the_batches(make_model, images, values):
    model = make_model(compiled=False)
    halves = [images[:2], images[2:]]
    measured = [model.batch_statistics("digits", half) for half in halves]
    refresh_statistics(model, "digits", halves)
    after = values(model)
    for name in measured[0]:
        np.testing.assert_allclose(after[name], (measured[0][name] + measured[1][name]) / 2, rtol=1e-5, atol=1e-6)


def test_after_one_batch_inference_equals_normalising_by_that_batch(make_model, images):
    model = make_model(compiled=False)
    refresh_statistics(model, "digits", [images])
    for layers in model.task_layers.values():
        layers.router.harden()
    in_training = keras.ops.convert_to_numpy(model(images, training=True))
    refresh_statistics(model, "digits", [images])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(images)), in_training, atol=1e-4)


def test_nothing_but_the_statistics_of_the_task_changes(make_model, images, values):
    model = make_model(compiled=False)
    before = values(model)
    refresh_statistics(model, "digits", [(images, None)])
    after = values(model)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    expected = {name for name in before if name.startswith("tasks/digits") and name.endswith(("/mean", "/variance"))}
    assert changed == expected


def test_one_part_alone(make_model, images, values):
    model = make_model(compiled=False)
    before = values(model)
    refresh_statistics(model, "digits", [images], parts=("head",))
    after = values(model)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {"tasks/digits/head/output/mean", "tasks/digits/head/output/variance"}


def test_the_head_alone_is_measured_on_the_features_that_it_will_see(make_model, images):
    model = make_model(compiled=False)
    model.task_layers["digits"].router.harden()
    features = []
    head = model.task_layers["digits"].head
    run, head.call = head.call, lambda x, training=None: features.append(x) or run(x, training=training)
    model(images, training=False)
    # The features of inference, normalized with the moving statistics that the steps keep.
    mean = keras.ops.convert_to_numpy(features[0]).mean(axis=(0, 1, 2))
    refresh_statistics(model, "digits", [images], parts=("head",))
    np.testing.assert_allclose(model.named_variables()["tasks/digits/head/output/mean"][0], mean, rtol=1e-4, atol=1e-5)


def test_a_task_without_a_norm_in_its_head_has_statistics_of_its_steps_alone(make_model, images):
    model = make_model(compiled=False, block="convmixer_7_relu")
    measured = model.batch_statistics("digits", images)
    assert measured
    assert all(name.startswith("tasks/digits/norm/") for name in measured)


def test_an_unknown_part_is_refused(make_model, images):
    with pytest.raises(ValueError, match="`parts` must be one of 'norm', 'head'"):
        refresh_statistics(make_model(compiled=False), "digits", [images], parts=("bank",))


def test_a_norm_without_statistics_stays(make_model, images, values):
    model = make_model(compiled=False, norm="group")
    before = values(model)
    refresh_statistics(model, "digits", [images])
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_no_batches_are_refused(make_model):
    with pytest.raises(ValueError, match="`batches` must be at least one batch"):
        refresh_statistics(make_model(compiled=False), "digits", [])


def test_an_unknown_task_is_refused(make_model, images):
    with pytest.raises(ValueError, match="`task` must be one of"):
        refresh_statistics(make_model(compiled=False), "words", [images])
