import keras
import numpy as np
import pytest
import tensorflow as tf


def dataset(images, labels):
    """Batches of two of both tasks; without autotune, which may stall after the last batch."""
    both = {"digits": images, "letters": images}, {"digits": labels, "letters": labels}
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(both).batch(2).with_options(options)


def test_dataset_of_dicts_trains_like_arrays(make_model, images, labels, values):
    from_dataset, from_arrays = make_model(), make_model()
    from_arrays.set_weights(from_dataset.get_weights())
    from_dataset.fit(dataset(images, labels), shuffle=False, verbose=0)
    both = {"digits": images, "letters": images}, {"digits": labels, "letters": labels}
    from_arrays.fit(*both, batch_size=2, shuffle=False, verbose=0)
    after = values(from_arrays)
    for name, value in values(from_dataset).items():
        np.testing.assert_allclose(value, after[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.take(0), "^`x` must be a dataset with at least one batch. Received: 'an empty one'"),
        (lambda data: data.map(lambda x, y: (x["digits"][..., :0], y["digits"])), "`images of task digits` must be of"),
        (lambda data: data.map(lambda x, y: (x["digits"], y["digits"] + 2)), "`labels of task digits` must be from 0"),
        (
            lambda data: data.map(lambda x, y: (x, y["digits"])),
            r"`x` must be batches of dicts with the tasks \['digits', 'letters'\]\. Received: '\w+'\.$",
        ),
        (lambda data: data.map(lambda x, y: x["digits"]), r"`x` must be a dataset of \(images, labels\)"),
    ],
)
def test_bad_dataset_is_refused(make_model, images, labels, values, change, message):
    model = make_model()
    before = values(model)
    with pytest.raises(ValueError, match=message):
        model.fit(change(dataset(images, labels)), verbose=0)
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_step_under_xla_is_the_eager_step(make_model, compile_model, images, labels, values):
    small = {"compiled": False, "num_blocks": 2, "num_steps": 2}
    eager, compiled = make_model(**small), make_model(**small)
    # A hard ordering: XLA draws other random numbers.
    for model in (eager, compiled):
        model.set_ordering("digits", [0, 1])
    compiled.set_weights(eager.get_weights())
    compile_model(eager)
    compile_model(compiled, jit_compile=True, run_eagerly=False)
    losses = [model.fit(images, labels, verbose=0).history["loss"][0] for model in (eager, compiled)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    after = values(compiled)
    for name, value in values(eager).items():
        np.testing.assert_allclose(after[name], value, atol=1e-4, err_msg=name)


def test_float16_trains_with_loss_scaling(make_model, compile_model, images, labels, values, tmp_path):
    model = make_model(compiled=False, dtype="mixed_float16")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    model.run_eagerly = True
    before = values(model)
    model.fit(images, labels, epochs=2, verbose=0)
    after = values(model)
    assert all(np.isfinite(value).all() for value in after.values())
    assert (after["bank/conv1/kernel"] != before["bank/conv1/kernel"]).any()
    assert (after["tasks/digits/ordering/logits"] != before["tasks/digits/ordering/logits"]).any()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loaded.run_eagerly = True
    loaded.fit(images, labels, verbose=0)
    model.train_only("digits", ("head",))
    with pytest.raises(ValueError, match="What trains of 'digits' is not what its optimizer was built for"):
        model.fit(images, labels, verbose=0)
