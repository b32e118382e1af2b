"""A streamed split, from tensorflow-datasets' fake data: shuffled, cropped and mixed the same way each time."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from keras_modnet.data.image_files import read_images
from training.data import StreamedSplit, describe, load
from training.data.crops import image_state, random_crop
from training.data.streams import changed_outside, shuffled_windows
from training.run import find_recipe


@pytest.fixture(autouse=True)
def fake_data(tmp_path):
    with tfds.testing.mock_data(num_examples=20, data_dir=str(tmp_path)):
        yield


@pytest.fixture
def recipe():
    recipe = find_recipe("imagenet")
    model = recipe.model | {"image_shape": (16, 16, 3)}
    return dataclasses.replace(recipe, model=model, batch_size=8, shuffle_images=6, rand_operations=1)


@pytest.fixture
def square():
    """A JPEG file of 60 x 40 pixels: blue, with the middle 20 x 20 red."""
    pixels = np.zeros((60, 40, 3), "uint8")
    pixels[..., 2] = 255
    pixels[20:40, 10:30] = (255, 0, 0)
    return tf.io.encode_jpeg(pixels, quality=100, chroma_downsampling=False)


def read(dataset):
    return list(dataset.as_numpy_iterator())


def test_batches_are_full_and_epochs_follow_each_other(recipe):
    split = StreamedSplit("imagenet2012", "train")
    batches = read(split.training_batches(recipe, 0, range(2)))
    assert (len(split), split.steps(recipe), len(batches)) == (20, 2, 4)
    for images, labels in batches:
        assert (images.shape, images.dtype) == ((8, 16, 16, 3), np.uint8)
        assert (labels.shape, labels.dtype) == ((8, 1000), np.float32)
        np.testing.assert_allclose(labels.sum(-1), 1, rtol=1e-4)


def test_an_epoch_is_the_same_wherever_training_began(recipe):
    split = StreamedSplit("imagenet2012", "train")
    all_epochs = read(split.training_batches(recipe, 3, range(3)))
    for resumed, expected in zip(read(split.training_batches(recipe, 3, range(2, 3))), all_epochs[4:], strict=True):
        for left, right in zip(resumed, expected, strict=True):
            np.testing.assert_array_equal(left, right)
    assert not np.array_equal(all_epochs[0][0], all_epochs[2][0])
    other_seed = next(split.training_batches(recipe, 4, range(1)).as_numpy_iterator())
    assert not np.array_equal(all_epochs[0][0], other_seed[0])


@pytest.mark.parametrize("first_step", [1, 2])
def test_the_first_epoch_may_begin_at_any_step(recipe, first_step):
    split = StreamedSplit("imagenet2012", "train")
    whole = read(split.training_batches(recipe, 3, range(1, 3)))
    resumed = read(split.training_batches(recipe, 3, range(1, 3), first_step))
    assert (len(whole), len(resumed)) == (4, 4 - first_step)
    for left, right in zip(resumed, whole[first_step:], strict=True):
        keras.tree.map_structure(np.testing.assert_array_equal, left, right)


def test_what_is_before_the_first_step_is_not_decoded(recipe):
    split = StreamedSplit("imagenet2012", "train")
    recipe = dataclasses.replace(recipe, shuffle_images=1)
    broken = split.dataset.take(8).map(lambda content, label: (tf.constant("no JPEG file"), label))
    split.dataset = broken.concatenate(split.dataset.skip(8))
    assert len(read(split.training_batches(recipe, 0, range(1), first_step=1))) == 1


def test_a_step_that_no_epoch_has_is_refused(recipe):
    split = StreamedSplit("imagenet2012", "train")
    with pytest.raises(ValueError, match=r"`first_step` must be at most 2, the batches of an epoch\. Received: 3"):
        split.training_batches(recipe, 0, range(1), first_step=3)


def test_shuffling_keeps_every_image_in_its_window():
    dataset = tf.data.Dataset.from_tensor_slices((tf.range(10), tf.range(10)))

    def order(epoch):
        windows = shuffled_windows(tf, dataset, 6, 0, tf.constant(epoch, tf.int64))
        return [int(image) for image, _ in windows.as_numpy_iterator()]

    assert sorted(order(0)[:6]) == list(range(6))
    assert sorted(order(0)[6:]) == list(range(6, 10))
    assert order(0) == order(0)
    assert order(0) != order(1)


def test_fewer_images_than_a_batch_are_refused(recipe):
    with pytest.raises(ValueError, match=r"`batch_size` must be at most 5, the images\. Received: 8"):
        StreamedSplit("imagenet2012", "train", limit=5).training_batches(recipe, 0, range(1))


def test_the_test_split_comes_whole_and_in_stored_order(recipe):
    split = StreamedSplit("imagenet2012", "test")
    batches = read(split.plain_batches(recipe, 8))
    assert [batch.shape for batch in batches] == [(8, 16, 16, 3), (8, 16, 16, 3), (4, 16, 16, 3)]
    assert split.labels().shape == (20,)
    again = StreamedSplit("imagenet2012", "test", limit=9)
    np.testing.assert_array_equal(again.labels(), split.labels()[:9])


@pytest.mark.parametrize(
    ("resizing", "blue"), [("crop", 0.75), ({"mode": "crop", "short_side": 32}, 0.0), ("pad", None)]
)
def test_the_test_split_is_resized_by_the_rule_of_the_recipe(recipe, square, resizing, blue):
    split = StreamedSplit("imagenet2012", "test", limit=2)
    split.dataset = split.dataset.map(lambda content, label: (square, label))
    recipe = dataclasses.replace(recipe, model=recipe.model | {"resizing": resizing})
    [images] = read(split.plain_batches(recipe, 2))
    expected = read_images(square.numpy(), (16, 16, 3), resizing)
    assert np.abs(images[0] - expected[0]).max() <= 0.6
    if blue is not None:
        # Of 40 columns all, and the middle 20, which are red.
        np.testing.assert_allclose(images[0, ..., 2].mean(), blue * 255, atol=8)


def test_random_crops_show_the_image_and_half_of_them_are_mirrored():
    # The red of a pixel tells its column, so that a mirrored crop falls from left to right.
    ramp = np.zeros((40, 40, 3), "uint8")
    ramp[..., 0] = 5 * np.arange(40)
    content = tf.io.encode_jpeg(ramp, quality=100, chroma_downsampling=False)
    states = [image_state(tf, 0, tf.constant(0, tf.int64), tf.constant(i, tf.int64)) for i in range(24)]
    crops = [random_crop(tf, content, (8, 8), 0.25, state).numpy() for state in states]
    slopes = [float(crop[:, -1, 0].mean() - crop[:, 0, 0].mean()) for crop in crops]
    # The least width is that of a quarter of the area, narrowed by the aspect ratio: 17 of 40 columns.
    assert all(5 * 13 <= abs(slope) <= 5 * 40 for slope in slopes)
    assert 4 <= sum(slope < 0 for slope in slopes) <= 20
    np.testing.assert_array_equal(random_crop(tf, content, (8, 8), 0.25, states[0]).numpy(), crops[0])


def test_on_another_backend_the_layers_run_outside_the_graph(recipe):
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3)).astype("float32")
    changes, mixing = recipe.image_changes(), recipe.label_mixing(10)
    state = tf.constant([3, 4], tf.int64)

    def changed(images, labels):
        return changed_outside(tf, changes, mixing, images, labels, state)

    dataset = tf.data.Dataset.from_tensors((images, np.arange(8))).map(changed)
    assert dataset.element_spec == (tf.TensorSpec((8, 16, 16, 3), tf.uint8), tf.TensorSpec((8, 10), tf.float32))
    [(first, labels)] = read(dataset)
    np.testing.assert_allclose(labels.sum(-1), 1, rtol=1e-4)
    np.testing.assert_array_equal(read(dataset)[0][0], first)


def test_images_of_many_sizes_are_not_loaded_into_memory():
    assert (describe("imagenet2012").num_classes, describe("imagenet2012").image_shape) == (1000, None)
    with pytest.raises(ValueError, match=r"`name` must be a data set whose images have one size.*'imagenet2012'"):
        load("imagenet2012", "train")
