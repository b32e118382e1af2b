import numpy as np
import pytest

from keras_modnet import Ordering, grow_ordering, refresh_statistics
from keras_modnet.training.growth import norm_sources


@pytest.fixture
def model(make_model):
    model = make_model(tasks={"digits": {"num_classes": 3, "num_steps": 2}}, num_blocks=3)
    model.set_ordering("digits", [2, 0])
    generator = np.random.default_rng(0)
    for name, variable in model.named_variables().items():
        if "/norm/" in name:
            variable.assign(generator.uniform(0.5, 1.5, variable.shape).astype("float32"))
    return model


def test_the_nth_run_of_a_block_keeps_its_norms_and_those_beyond_copy_the_last():
    sources, new = norm_sources([2, 0, 2], [2, 2, 0, 2, 0])
    assert sources == [0, 2, 1, 2, 1]
    assert new == [3, 4]


def test_new_steps_have_damped_copies_and_old_ones_keep_their_norms(model, values):
    before = values(model)
    assert grow_ordering(model, "digits", [2, 0, 2, 0], damping=0.5).blocks == (2, 0, 2, 0)
    after = values(model)
    for part in ("scale", "offset"):
        old, grown = (state[f"tasks/digits/norm/norm2/{part}"] for state in (before, after))
        np.testing.assert_allclose(grown, np.concatenate([old, 0.5 * old]), rtol=1e-6)
        # Only the last norm of the branch is damped.
        old, grown = (state[f"tasks/digits/norm/norm1/{part}"] for state in (before, after))
        np.testing.assert_array_equal(grown, np.concatenate([old, old]))


def test_little_damping_changes_logits_little(model, images):
    before = model.predict(images, verbose=0)
    changes = []
    for damping in (1.0, 1e-3):
        copied = model.ordering("digits")
        grow_ordering(model, "digits", [2, 2, 0, 0], damping)
        changes.append(np.abs(model.predict(images, verbose=0) - before).max())
        model.set_ordering("digits", Ordering(copied.weights, (0, 2)))
    assert changes[1] < 0.01 * changes[0]


def test_a_grown_task_trains_on(model, compile_model, images, labels):
    grow_ordering(model, "digits", Ordering.from_blocks([2, 0, 0], 3))
    refresh_statistics(model, "digits", [images])
    losses = compile_model(model).fit(images, labels, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_blocks_without_norms_of_steps_grow_too(make_model, images):
    model = make_model(tasks={"digits": {"num_classes": 3, "num_steps": 1}}, block="convnext", norm="layer")
    model.set_ordering("digits", [1])
    assert grow_ordering(model, "digits", [1, 1]).blocks == (1, 1)
    assert np.isfinite(model.predict(images, verbose=0)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("letters", [2, 0]), "`task` must be"),
        (("digits", [2, 0], 0.0), r"`damping` must be a number over 0 and up to 1\. Received: 0\.0"),
        (("digits", [2, 1]), r"`ordering` must be one of the blocks \[0, 2\] that the task runs\. Received: \[1\]"),
        (("digits", [2, 3]), "`block` must be a block of the bank"),
        (("digits", Ordering(np.full((2, 3), 1 / 3))), "`ordering` must be a hard ordering"),
    ],
)
def test_what_cannot_grow_is_refused_and_changes_nothing(model, values, arguments, message):
    before = values(model)
    with pytest.raises(ValueError, match=message):
        grow_ordering(model, *arguments)
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_blocks_whose_output_replaces_the_features_cannot_be_damped(make_model):
    model = make_model(tasks={"digits": {"num_classes": 3, "num_steps": 1}}, block="convmixer_7_relu")
    model.set_ordering("digits", [1])
    with pytest.raises(ValueError, match="`damping` must be 1 for blocks whose output replaces the features"):
        grow_ordering(model, "digits", [1, 1])
    assert grow_ordering(model, "digits", [1, 1], damping=1).blocks == (1, 1)


def test_a_soft_ordering_is_refused(make_model):
    with pytest.raises(ValueError, match="`task` must be a task with a hard ordering"):
        grow_ordering(make_model(), "digits", [0, 1, 2, 0])
