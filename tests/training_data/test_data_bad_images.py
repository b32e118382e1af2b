"""One bad image of a stream is named, or left out and counted, and the others stay as they are."""

import dataclasses
import io

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from keras_modnet.data.tensorflow_streams import reporting
from training.data import StreamedSplit
from training.data.bad_images import filled
from training.run import find_recipe

COUNT = 20


def image_file(number, kind="JPEG", mode="RGB"):
    buffer = io.BytesIO()
    noise = np.random.default_rng(number).integers(0, 256, (24, 20, len(mode))).astype("uint8")
    Image.fromarray(noise.squeeze(), mode).save(buffer, kind)
    return buffer.getvalue()


def with_size(height, width):
    content = bytearray(image_file(0))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(content)


# So short that every crop needs what is missing.
CUT = image_file(0)[:650]
BROKEN_HEADER = image_file(0)[:30]


@pytest.fixture
def recipe():
    recipe = find_recipe("imagenet")
    model = recipe.model | {"image_shape": (16, 16, 3)}
    return dataclasses.replace(recipe, model=model, batch_size=8, shuffle_images=20, rand_operations=0, erasing=0.0)


@pytest.fixture
def split_with(tmp_path):
    """Opens a split of 20 files, of which some are others: `{index: bytes}`."""

    def opened(changes=None, labels=None, **options):
        files = [(changes or {}).get(index, image_file(index)) for index in range(COUNT)]
        labels = np.arange(COUNT) if labels is None else labels
        with tfds.testing.mock_data(num_examples=COUNT, data_dir=str(tmp_path)):
            split = StreamedSplit("imagenet2012", "train", **options)
        split.dataset = tf.data.Dataset.from_tensor_slices((files, np.asarray(labels, "int64")))
        return split

    return opened


def read(dataset):
    with reporting():
        return list(dataset.as_numpy_iterator())


def epoch_of(split, recipe, first_step=0):
    return read(split.training_batches(recipe, 0, range(1), first_step))


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (b"", "an empty file"),
        (b"text", "a text file"),
        (image_file(0, "PNG"), "a PNG file"),
        (BROKEN_HEADER, "a JPEG file with a damaged header"),
        (CUT, "a JPEG file of 24 x 20 pixels that is damaged or cut off"),
        (with_size(65000, 65000), "one of 65,000 x 65,000 pixels"),
    ],
)
def test_a_bad_image_is_named_wherever_it_is_read(split_with, recipe, bad, found):
    message = rf"^imagenet2012, split train, image 7: expected a whole JPEG file of at most 67,.* found {found}\.$"
    split, recipe = split_with({7: bad}), dataclasses.replace(recipe, batch_size=COUNT)
    with pytest.raises(ValueError, match=message):
        epoch_of(split, recipe)
    with pytest.raises(ValueError, match=message):
        read(split.plain_batches(recipe, 8))


@pytest.mark.parametrize("label", [-1, 1000])
def test_a_label_that_is_none_of_the_classes_is_named_and_never_left_out(split_with, recipe, label):
    split = split_with(labels=[0, 0, 0, label] + 16 * [0], skip_bad_images=5)
    message = rf"^imagenet2012, split train, image 3: expected a label from 0 to 999, found {label}\.$"
    with pytest.raises(ValueError, match=message):
        epoch_of(split, dataclasses.replace(recipe, batch_size=COUNT))
    with pytest.raises(ValueError, match=message):
        split.labels()
    with pytest.raises(ValueError, match=message):
        split_with(labels=[0, 0, 0, label] + 16 * [0]).labels()


def test_grey_and_cmyk_are_taken(split_with, recipe):
    split = split_with({3: image_file(3, mode="L"), 4: image_file(4, mode="CMYK")})
    assert sum(len(images) for images in read(split.plain_batches(recipe, 8))) == COUNT


def test_what_is_left_out_leaves_batches_full_and_other_images_the_same(split_with, recipe):
    recipe = dataclasses.replace(recipe, mixup=0, cutmix=0, label_smoothing=0.0)
    whole = epoch_of(split_with(), recipe)
    split = split_with({5: CUT, 11: b"text"}, skip_bad_images=2)
    skipped = epoch_of(split, recipe)
    assert len(whole) == len(skipped) == 2
    for (images, rows), (others, other_rows) in zip(whole, skipped, strict=True):
        good = ~np.isin(rows.argmax(-1), (5, 11))
        np.testing.assert_array_equal(images[good], others[good])
        assert not set(other_rows.argmax(-1)) & {5, 11}
        assert set(other_rows.argmax(-1)) <= set(rows.argmax(-1))
    assert set(split.bad_images) <= {5, 11}


def test_a_resumed_epoch_is_the_same_with_images_left_out(split_with, recipe):
    bad = dict.fromkeys(range(0, COUNT, 4), b"text")
    whole = epoch_of(split_with(bad, skip_bad_images=5), recipe)
    [resumed] = epoch_of(split_with(bad, skip_bad_images=5), recipe, first_step=1)
    keras.tree.map_structure(np.testing.assert_array_equal, resumed, whole[1])


def test_images_and_labels_of_a_test_leave_out_the_same_ones(split_with, recipe):
    split = split_with({5: CUT, 11: b"text"}, skip_bad_images=2)
    assert split.labels().tolist() == [index for index in range(COUNT) if index not in (5, 11)]
    again = split_with({5: CUT, 11: b"text"}, skip_bad_images=2)
    assert len(split.plain_batches(recipe, 8)) == 3
    images = np.concatenate(read(again.plain_batches(recipe, 8)))
    expected = np.concatenate(read(split_with().plain_batches(recipe, 8)))
    np.testing.assert_array_equal(images, np.delete(expected, (5, 11), axis=0))
    assert sorted(again.bad_images) == sorted(split.bad_images) == [5, 11]


def test_more_than_may_be_left_out_are_listed(split_with):
    split = split_with({5: CUT, 11: b"text", 12: b""}, skip_bad_images=2)
    listed = r"at most 2 images .* found 3: image 5 \(a JPEG .*\), image 11 \(a .*\), image 12 \(an empty file\)"
    with pytest.raises(ValueError, match=listed):
        split.labels()


def test_as_many_left_out_as_a_batch_holds_are_refused(split_with, recipe):
    with pytest.raises(ValueError, match="`skip_bad_images` must be less than 8, a batch"):
        epoch_of(split_with(skip_bad_images=8), recipe)


def test_a_split_without_images_is_refused(tmp_path):
    empty = tfds.testing.mock_data(num_examples=0, data_dir=str(tmp_path))
    with empty, pytest.raises(ValueError, match="`split` must be one of imagenet2012 that has images"):
        StreamedSplit("imagenet2012", "train")


def test_places_are_filled_in_order_and_around():
    good = tf.constant([False, True, False, True, False])
    images, labels = filled(tf, good, tf.range(5), tf.range(5) * 10)
    assert images.numpy().tolist() == [1, 1, 3, 3, 1]
    assert labels.numpy().tolist() == [10, 10, 30, 30, 10]
