"""A split of photographs that does not fit in memory, read through tensorflow-datasets while training runs."""

import os

import keras
import numpy as np

from keras_modnet.checks import expect
from training.data.catalog import describe
from training.data.tf_batches import options
from training.data.tfds_source import import_tfds

ASPECTS = (3 / 4, 4 / 3)
PREFETCH = 4


class StreamedSplit:
    """A split of a data set of JPEG images, as `tf.data` pipelines.

    Args:
        name: name of the data set, as in `training.data.DATA_SETS`.
        split: "train" or "test".
        limit: images at most, the first ones; default all.

    Raises:
        ImportError: tensorflow-datasets or TensorFlow is not installed.
    """

    def __init__(self, name, split, limit=None):
        """Opens the split; what is not there yet is downloaded or prepared."""
        tfds = import_tfds()
        info = describe(name)
        stored = info.test_split if split == "test" else split
        decoders = {"image": tfds.decode.SkipDecoding()}
        dataset = tfds.load(info.tfds_name, split=stored, as_supervised=True, decoders=decoders)
        self.dataset = dataset if limit is None else dataset.take(limit)
        self.num_classes = info.num_classes

    def __len__(self):
        """Number of images."""
        return len(self.dataset)

    def training_batches(self, recipe, seed, epochs):
        """Returns the batches of some epochs, one after the other.

        Each epoch shuffles `recipe.shuffle_images` neighbours at a time (tensorflow-datasets has stored the images in
        random order) and leaves out what does not fill a batch. Order, crops, changes and mixing follow from the seed,
        the number of the epoch and the place in it.

        Args:
            recipe: a `ClassificationRecipe`.
            seed: whole number.
            epochs: range of the numbers of the epochs.

        Returns:
            A `tf.data.Dataset` of images, uint8 `(batch_size, *image_shape)`, and labels, float32
            `(batch_size, num_classes)`.

        Raises:
            ValueError: there are fewer images than a batch holds.
        """
        import tensorflow as tf

        expect(len(self) >= recipe.batch_size, "batch_size", f"at most {len(self)}, the images", recipe.batch_size)
        count, size = self.steps(recipe) * recipe.batch_size, recipe.model["image_shape"][:2]
        changes, mixing = recipe.image_changes(), recipe.label_mixing(self.num_classes)
        # Elsewhere the layers run on the backend's own tensors, a batch at a time.
        inside = keras.backend.backend() == "tensorflow"

        def one_epoch(epoch):
            shuffled = shuffled_windows(tf, self.dataset, recipe.shuffle_images, seed, epoch).take(count)
            return shuffled.enumerate().map(lambda index, image: (epoch, index, *image))

        def example(epoch, index, content, label):
            state = image_state(tf, seed, epoch, index)
            image = random_crop(tf, content, size, recipe.crop_area, state)
            return changes(image, state, traced=True) if inside else image, label, state

        def batch(images, labels, states):
            state = states[0] + 1
            if inside:
                images, labels = mixing(images, labels, state)
                return tf.cast(tf.round(images), tf.uint8), labels
            return changed_outside(tf, changes, mixing, images, labels, state)

        dataset = tf.data.Dataset.range(epochs.start, epochs.stop).flat_map(one_epoch)
        dataset = dataset.map(example, num_parallel_calls=os.cpu_count())
        dataset = dataset.batch(recipe.batch_size, drop_remainder=True)
        dataset = dataset.map(batch, num_parallel_calls=os.cpu_count() if inside else None)
        return dataset.prefetch(PREFETCH).with_options(options(tf))

    def steps(self, recipe):
        """Returns the batches of an epoch."""
        return len(self) // recipe.batch_size

    def plain_batches(self, recipe, batch_size):
        """Returns all images in stored order, cut out of the centre and resized.

        The crop is what resizing the shorter side to `1 / recipe.test_crop` of the model's side and cutting out its
        centre would show.

        Args:
            recipe: a `ClassificationRecipe`.
            batch_size: images in a batch; the last one may hold fewer.

        Returns:
            A `tf.data.Dataset` of uint8 `(n, *image_shape)`.
        """
        import tensorflow as tf

        size = recipe.model["image_shape"][:2]
        dataset = self.dataset.map(
            lambda content, label: to_pixels(tf, central_crop(tf, content, size, recipe.test_crop)),
            num_parallel_calls=os.cpu_count(),
        )
        return dataset.batch(batch_size).prefetch(PREFETCH).with_options(options(tf))

    def labels(self):
        """Returns the labels in stored order, int `(n,)`."""
        return np.array([int(label) for _, label in self.dataset.as_numpy_iterator()])


def changed_outside(tf, changes, mixing, images, labels, state):
    """Returns a batch changed and mixed by layers that run on another backend than TensorFlow."""

    def change(images, labels, state):
        changed = changes(images, state)
        images, labels = (keras.ops.convert_to_numpy(part) for part in mixing(changed, labels, state + 1))
        return np.rint(images).astype("uint8"), labels

    image_shape = images.shape
    images, labels = tf.numpy_function(change, [images, labels, state], [tf.uint8, tf.float32])
    images.set_shape(image_shape)
    labels.set_shape((image_shape[0], mixing.num_classes))
    return images, labels


def shuffled_windows(tf, dataset, size, seed, epoch):
    """Returns a dataset of pairs, `size` neighbours at a time in an order that follows from the seed and the epoch."""

    def shuffled(window, pair):
        # Below the numbers of the images, which count from 0.
        state = image_state(tf, seed, epoch, -1 - window)
        order = tf.random.experimental.stateless_shuffle(tf.range(tf.shape(pair[1])[0]), seed=state)
        return tf.data.Dataset.from_tensor_slices(tuple(tf.gather(part, order) for part in pair))

    # The next window is read while the present one is used.
    return dataset.batch(size).prefetch(1).enumerate().flat_map(shuffled)


def image_state(tf, seed, epoch, index):
    """Returns the two numbers that all draws for one image follow from, int64 from 0 to 2 ** 31 - 1."""
    state = tf.random.experimental.stateless_fold_in(tf.stack([tf.constant(seed, tf.int64), epoch]), index)
    return tf.bitwise.bitwise_and(state, tf.constant(2**31 - 1, tf.int64))


def random_crop(tf, content, size, least_area, state):
    """Returns a random part of a JPEG file, resized, half of the time mirrored, float32 `(*size, 3)`."""
    shape = tf.io.extract_jpeg_shape(content)
    begin, extent, _ = tf.image.stateless_sample_distorted_bounding_box(
        shape,
        tf.zeros((1, 0, 4)),
        # The changes that follow count up from the state itself.
        seed=state + 1000,
        min_object_covered=0.0,
        aspect_ratio_range=ASPECTS,
        area_range=(least_area, 1.0),
        max_attempts=10,
        use_image_if_no_bounding_boxes=True,
    )
    window = tf.concat([begin[:2], extent[:2]], axis=0)
    image = tf.image.decode_and_crop_jpeg(content, window, channels=3)
    image = tf.image.resize(image, size, antialias=True)
    return tf.image.stateless_random_flip_left_right(image, seed=state + 2000)


def central_crop(tf, content, size, share):
    """Returns the centre of a JPEG file, a share of its shorter side for the longer side of `size`, resized."""
    height, width = tf.unstack(tf.io.extract_jpeg_shape(content)[:2])
    scale = share * tf.cast(tf.minimum(height, width), tf.float32) / max(size)
    rows, columns = (tf.maximum(tf.cast(tf.round(scale * side), tf.int32), 1) for side in size)
    window = tf.stack([(height - rows) // 2, (width - columns) // 2, rows, columns])
    return tf.image.resize(tf.image.decode_and_crop_jpeg(content, window, channels=3), size, antialias=True)


def to_pixels(tf, image):
    """Returns a float image as uint8."""
    return tf.saturate_cast(tf.round(image), tf.uint8)
