"""Training steps have the bits of `fit` on the same batches, metrics and averages of the weights included."""

import keras
import numpy as np
import pytest

from keras_modnet import ModNet
from keras_modnet.training.optimizers import adamw, jit_compile
from training.steps import make_steps

CLASSES = {"digits": 3, "letters": 5}
BATCH, STEPS, EPOCHS = 4, 5, 2


class Batches(keras.utils.PyDataset):
    """Batches of all tasks, the same ones in each epoch."""

    def __init__(self):
        super().__init__()
        generator = np.random.default_rng(0)
        shape = (STEPS, BATCH, 4, 4, 1)
        self.images = {task: generator.integers(0, 256, shape).astype("uint8") for task in CLASSES}
        self.labels = {task: generator.integers(0, count, shape[:2]) for task, count in CLASSES.items()}

    def __len__(self):
        return STEPS

    def __getitem__(self, index):
        return tuple({task: values[index] for task, values in kind.items()} for kind in (self.images, self.labels))


def make_model():
    keras.utils.set_random_seed(0)
    model = ModNet((4, 4, 1), CLASSES, num_blocks=2, num_steps=2, width=4, patch_size=2, entropy_weight=0.1, seed=1)
    joint = model.joint(tuple(CLASSES))
    loss = {task: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for task in CLASSES}
    optimizer = adamw(1e-2, 1e-2, joint.trainable_variables, ema_momentum=0.9)
    joint.compile(optimizer, loss, metrics={task: ["accuracy"] for task in CLASSES}, jit_compile=jit_compile())
    return model, joint


def values_of(model, joint):
    named = model.named_variables().values()
    return [keras.ops.convert_to_numpy(variable) for variable in (*named, *joint.optimizer.variables)]


def expect_equal(found, wanted):
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def fitted():
    model, joint = make_model()
    history = joint.fit(Batches(), epochs=EPOCHS, shuffle=False, verbose=0).history
    return values_of(model, joint), {name: values[-1] for name, values in history.items()}


@pytest.mark.parametrize("several", [False, True])
def test_steps_have_the_bits_of_fit(fitted, several):
    model, joint = make_model()
    steps, batches = make_steps(joint), [Batches()[index] for index in range(STEPS)]
    for _ in range(EPOCHS):
        steps.reset()
        if several:
            steps.run_several(batches)
        else:
            for batch in batches:
                steps.run(batch)
    logs = steps.logs()
    joint.optimizer.finalize_variable_values(joint.trainable_variables)
    expect_equal(values_of(model, joint), fitted[0])
    assert logs == fitted[1]


def test_means_go_on_from_stored_values():
    batches = [Batches()[index] for index in range(STEPS)]
    _, joint = make_model()
    steps = make_steps(joint)
    for batch in batches[:2]:
        steps.run(batch)
    means = [keras.ops.convert_to_numpy(variable) for variable in steps.variables()]
    # The state of the routers' draws among them.
    values = [keras.ops.convert_to_numpy(variable) for variable in (*joint.variables, *joint.optimizer.variables)]
    for batch in batches[2:]:
        steps.run(batch)
    _, other = make_model()
    resumed = make_steps(other)
    resumed.build(batches[0])
    variables = (*other.variables, *other.optimizer.variables, *resumed.variables())
    for variable, value in zip(variables, values + means, strict=True):
        variable.assign(value)
    for batch in batches[2:]:
        resumed.run(batch)
    assert resumed.logs() == steps.logs()


def test_building_trains_nothing():
    model, joint = make_model()
    before = [keras.ops.convert_to_numpy(variable) for variable in model.named_variables().values()]
    steps = make_steps(joint)
    steps.build(Batches()[0])
    assert len(steps.variables()) == 10
    expect_equal([keras.ops.convert_to_numpy(variable) for variable in model.named_variables().values()], before)


def test_steps_go_on_after_the_average_was_taken_over():
    _, joint = make_model()
    steps = make_steps(joint)
    steps.run(Batches()[0])
    joint.optimizer.finalize_variable_values(joint.trainable_variables)
    steps.run(Batches()[1])
    assert np.isfinite(steps.logs()["loss"])
