"""Banks of transformer blocks: tokens from the stem to the head."""

import keras
import numpy as np
import pytest

import keras_modnet

IMAGES = np.random.default_rng(10).uniform(0, 255, (2, 4, 4, 1)).astype("float32")


@pytest.fixture
def model(make_model):
    tasks = {
        "digits": 3,
        "both": {"num_classes": 2, "pooling": "class_token_and_patches"},
        "features": {"num_classes": None},
    }
    model = make_model(block="transformer", norm="layer", tasks=tasks, register_tokens=1)
    rng = np.random.default_rng(9)
    for name, variable in model.named_variables().items():
        if name.startswith(("bank/", "stem/")):
            variable.assign(rng.normal(size=variable.shape))
    return model


def values(outputs):
    return keras.ops.convert_to_numpy(outputs)


@pytest.mark.parametrize("task", ["digits", "both", "features"])
@pytest.mark.parametrize("fold_norms", [False, True])
def test_static_networks_equal_the_model(model, task, fold_norms):
    model.set_ordering(task, [2, 0, 2])
    static = model.to_static(task, fold_norms)
    np.testing.assert_allclose(
        static.predict(IMAGES, verbose=0), values(model.task(task)(IMAGES)), rtol=1e-4, atol=1e-4
    )
    assert not any(name.rstrip("0123456789").endswith("_") for name in (layer.name for layer in static.layers))


def test_layer_scales_are_folded_away(model):
    names = [layer.name for layer in model.to_static("digits", fold_norms=True).layers]
    assert not any("scale" in name for name in names)


def test_static_networks_load_without_this_package(model, tmp_path):
    static = model.to_static("both")
    static.save(tmp_path / "static.keras")
    classes = {type(layer).__module__.partition(".")[0] for layer in static.layers}
    assert classes == {"keras"}
    loaded = keras.saving.load_model(tmp_path / "static.keras")
    np.testing.assert_array_equal(loaded.predict(IMAGES, verbose=0), static.predict(IMAGES, verbose=0))


@pytest.mark.parametrize("mixing", ["weights", "outputs"])
def test_a_loop_equals_the_unrolled_steps(make_model, mixing):
    models = [make_model(block="transformer", norm="layer", mixing=mixing, unroll=unroll) for unroll in (True, False)]
    for first, second in zip(*(model.named_variables().values() for model in models), strict=True):
        second.assign(first)
    unrolled, looped = (values(model.run_with_ordering("digits", IMAGES, np.full((3, 3), 1 / 3))) for model in models)
    np.testing.assert_allclose(unrolled, looped, rtol=1e-4, atol=1e-4)


def test_positions_tell_patches_apart(model):
    # The same patches in another order, for a bank that treats all positions alike.
    swapped = np.concatenate([IMAGES[:, 2:], IMAGES[:, :2]], axis=1)
    assert np.abs(values(model.task("digits")(IMAGES)) - values(model.task("digits")(swapped))).max() > 1e-3
    model.stem.positions.assign(np.zeros(model.stem.positions.shape))
    same = [values(model.task("digits")(images)) for images in (IMAGES, swapped)]
    np.testing.assert_allclose(*same, rtol=1e-3, atol=1e-3)


def test_a_task_without_classes_gives_features_and_takes_no_labels(model):
    features = model.task("features")
    assert features.predict(IMAGES, verbose=0).shape == (2, 4)
    assert model.count_macs("digits") - model.count_macs("features") == 4 * 3
    features.compile("sgd", "mse")
    for refused in (
        lambda: features.fit(IMAGES, np.array([0, 1]), verbose=0),
        lambda: features.evaluate(IMAGES, np.array([0, 1]), verbose=0),
        lambda: features.train_on_batch(IMAGES, np.array([0, 1])),
        lambda: keras_modnet.adapt_task(model, "features", (IMAGES, np.array([0, 1])), verbose=0),
        lambda: keras_modnet.adapt_domain(model, None, IMAGES, task="features", verbose=0),
    ):
        with pytest.raises(ValueError, match="`task` must be one with classes"):
            refused()


def test_a_new_task_starts_with_the_norm_of_the_head_it_comes_from(model):
    scale = model.task_layers["features"].head.norms.variables_by_name()["output/scale"]
    scale.assign(np.full(scale.shape, 3.0))
    model.add_task("new", 2, init_from="features")
    taken = model.task_layers["new"].head.norms.variables_by_name()["output/scale"]
    np.testing.assert_array_equal(values(taken), np.full(scale.shape, 3.0))


def test_files_keep_pooling_registers_and_tasks_without_classes(model, tmp_path):
    expected = {task: values(model.task(task)(IMAGES)) for task in model.task_names}
    model.save_to_preset(tmp_path / "preset")
    again = keras_modnet.from_preset(tmp_path / "preset")
    for task in model.task_names:
        np.testing.assert_array_equal(values(again.task(task)(IMAGES)), expected[task])
    model.save_task("features", tmp_path / "features.modnet")
    again.load_task(tmp_path / "features.modnet", "loaded")
    np.testing.assert_array_equal(values(again.task("loaded")(IMAGES)), expected["features"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"register_tokens": 1}, "`register_tokens` must be 0, as the kind 'basic' has none"),
        ({"pooling": "patches"}, "`pooling` must be \"mean\" or None, as a bank of the kind 'basic' has no tokens"),
        ({"pooling": "max"}, "`pooling` must be one of"),
        ({"tasks": {"a": {"num_classes": 2, "pooling": "max"}}}, r"`tasks\['a'\] pooling` must be one of"),
        ({"tasks": {"a": {"num_classes": 2, "own_norms": 1}}}, r"`tasks\['a'\] own_norms` must be True or False"),
    ],
)
def test_what_a_kind_does_not_have_is_refused_by_name(make_model, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_model(**arguments)
