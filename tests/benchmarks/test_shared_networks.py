import keras
import numpy as np
import pytest

from benchmarks.shared.networks import SharedTrunk, count_parameters
from keras_modnet.layers import FixedRouter, MixtureRouter

SHAPE = (4, 4, 1)


def make_trunk(tasks=None, router=None, norm="batch"):
    router = FixedRouter((0, 1), 2) if router is None else router
    return SharedTrunk(tasks or {"one": 3, "two": 2}, router, width=4, patch_size=2, image_shape=SHAPE, norm=norm)


def images(seed, count=4):
    return np.random.default_rng(seed).uniform(0, 255, (count, *SHAPE)).astype("float32")


def test_each_task_has_its_own_head_on_the_same_features():
    model = make_trunk()
    x = images(0)
    logits = model.predict({"one": x, "two": x}, verbose=0)
    assert (logits["one"].shape, logits["two"].shape) == ((4, 3), (4, 2))
    np.testing.assert_allclose(model.predict({"one": x}, verbose=0)["one"], logits["one"], atol=1e-6)


def test_the_norms_see_the_tasks_as_one_batch():
    model = make_trunk()
    first, second = images(0), images(1) / 4
    together = model({"one": first, "two": second}, training=True)["one"]
    alone = model({"one": first}, training=True)["one"]
    assert np.abs(keras.ops.convert_to_numpy(together - alone)).max() > 1e-3


def test_a_modnet_of_the_same_sizes_has_more_by_its_own_norms_alone(make_model):
    tasks = {"one": 3, "two": 2}
    shared = make_trunk(tasks)
    own = make_model(tasks=tasks, num_blocks=2, num_steps=2)
    # Two places, mean, variance, scale and offset of 4 channels, 2 steps: once more for the second task.
    assert count_parameters(own) - count_parameters(shared) == 2 * 4 * 4 * 2
    assert shared.macs == own.count_macs("one")


@pytest.mark.parametrize("router", [FixedRouter((0, 1), 2), MixtureRouter(2, 2, seed=0)], ids=["fixed", "mixture"])
def test_it_trains(router):
    model = make_trunk({"one": 2}, router)
    loss = {"one": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}
    model.compile(keras.optimizers.SGD(0.1), loss, run_eagerly=True)
    labels = np.array([0, 1, 1, 0])
    history = model.fit({"one": images(0)}, {"one": labels}, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
