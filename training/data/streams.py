"""A split of photographs that does not fit in memory, read through tensorflow-datasets while training runs."""

import os

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.data.resizing import Resizing
from keras_modnet.data.tensorflow_images import decoded_jpeg
from keras_modnet.data.tensorflow_resizing import fit_image
from keras_modnet.data.tensorflow_streams import reporting
from training.data.bad_images import BadImages, filled, guarded_images
from training.data.catalog import describe
from training.data.crops import image_state, random_crop, to_pixels
from training.data.tf_batches import options
from training.data.tfds_source import import_tfds

PREFETCH = 4


class StreamedSplit:
    """A split of a data set of JPEG images, as `tf.data` pipelines.

    A bad image ends the reading with an error that says its number in the split, as tensorflow-datasets reads it, what
    was expected and what was found. Loops of one's own get it as a `ValueError` by
    `keras_modnet.data.tensorflow_streams.reporting`, as `fit` of the library's models does.

    Args:
        name: name of the data set, as in `training.data.DATA_SETS`.
        split: "train" or "test".
        limit: images at most, the first ones; default all.
        skip_bad_images: how many bad images may be left out; with more of them the error lists the first ones. In
            training another image of the batch, with its own label, stands in the place of one, so that batches stay
            full and the others the same; in `plain_batches` and `labels` it is not there. Default 0.

    Attributes:
        bad_images: `{index in the split: what was found there}` of those that were left out by now.

    Raises:
        ImportError: tensorflow-datasets or TensorFlow is not installed.
        ValueError: no images, or such as are not JPEG files with a whole number as label.
    """

    def __init__(self, name, split, limit=None, skip_bad_images=0):
        """Opens the split; what is not there yet is downloaded or prepared."""
        if limit is not None:
            expect_count("limit", limit)
        info = describe(name)
        self._bad = BadImages(f"{name}, split {split}", info.num_classes, skip_bad_images)
        tfds = import_tfds()
        stored = info.test_split if split == "test" else split
        decoders = {"image": tfds.decode.SkipDecoding()}
        dataset = tfds.load(info.tfds_name, split=stored, as_supervised=True, decoders=decoders)
        self.dataset = dataset if limit is None else dataset.take(limit)
        self.num_classes, self.bad_images = info.num_classes, self._bad.reasons
        _check_elements(name, self.dataset)
        self._num_good = None if skip_bad_images else len(self)

    def __len__(self):
        """Number of images."""
        return len(self.dataset)

    def training_batches(self, recipe, seed, epochs, first_step=0):
        """Returns the batches of some epochs, one after the other.

        Each epoch shuffles `recipe.shuffle_images` neighbours at a time (tensorflow-datasets has stored the images in
        random order) and leaves out what does not fill a batch. Order, crops, changes and mixing follow from the seed,
        the number of the epoch and the place in it.

        Args:
            recipe: a `ClassificationRecipe`.
            seed: whole number.
            epochs: range of the numbers of the epochs.
            first_step: number of the batch, from 0, that the first of the epochs begins with; what is before it is
                not decoded, and the others are the same as without. Default 0: the epoch is whole.

        Returns:
            A `tf.data.Dataset` of images, uint8 `(batch_size, *image_shape)`, and labels, float32
            `(batch_size, num_classes)`.

        Raises:
            ValueError: there are fewer images than a batch holds, an epoch has fewer batches than `first_step`, or a
                batch could be of bad images alone.
        """
        import tensorflow as tf

        self._check_batches(recipe, first_step)
        count, size = self.steps(recipe) * recipe.batch_size, recipe.model["image_shape"][:2]
        changes, mixing = recipe.image_changes(), recipe.label_mixing(self.num_classes)
        # Elsewhere the layers run on the backend's own tensors, a batch at a time.
        inside = keras.backend.backend() == "tensorflow"

        def one_epoch(epoch):
            shuffled = shuffled_windows(tf, self._numbered(), recipe.shuffle_images, seed, epoch).take(count)
            first = tf.where(epoch == epochs.start, first_step * recipe.batch_size, 0)
            places = shuffled.enumerate().skip(tf.cast(first, tf.int64))
            return places.map(lambda place, image: (*image, image_state(tf, seed, epoch, place)))

        def decode(content, state):
            return random_crop(tf, content, size, recipe.crop_area, state)

        def change(good, image, label, state):
            return good, changes(image, state, traced=True) if inside else image, label, state

        def batch(good, images, labels, states):
            state = states[0] + 1
            if self._bad.limit:
                images, labels = filled(tf, good, images, labels)
            if inside:
                images, labels = mixing(images, labels, state)
                return tf.cast(tf.round(images), tf.uint8), labels
            return changed_outside(tf, changes, mixing, images, labels, state)

        dataset = tf.data.Dataset.range(epochs.start, epochs.stop).flat_map(one_epoch)
        dataset = guarded_images(tf, dataset, decode, size, self._bad)
        dataset = dataset.map(change, num_parallel_calls=os.cpu_count())
        dataset = dataset.batch(recipe.batch_size, drop_remainder=True)
        dataset = dataset.map(batch, num_parallel_calls=os.cpu_count() if inside else None)
        return dataset.prefetch(PREFETCH).with_options(options(tf))

    def _check_batches(self, recipe, first_step):
        steps, size = self.steps(recipe), recipe.batch_size
        expect(steps > 0, "batch_size", f"at most {len(self)}, the images", size)
        expect_count("first_step", first_step, minimum=0)
        expect(first_step <= steps, "first_step", f"at most {steps}, the batches of an epoch", first_step)
        expect(self._bad.limit < size, "skip_bad_images", f"less than {size}, a batch", self._bad.limit)

    def _numbered(self):
        return self.dataset.enumerate().map(lambda index, image: (index, *image))

    def steps(self, recipe):
        """Returns the batches of an epoch."""
        return len(self) // recipe.batch_size

    def plain_batches(self, recipe, batch_size):
        """Returns all images in stored order, resized as the recipe's model wants it; those left out are not there.

        Args:
            recipe: a `ClassificationRecipe`.
            batch_size: images in a batch; the last one may hold fewer.

        Returns:
            A `tf.data.Dataset` of uint8 `(n, *image_shape)`. Its length is known unless images may be left out;
            then `labels`, called before, finds it.
        """
        import tensorflow as tf

        image_shape = recipe.model["image_shape"]
        resizing = Resizing.of(recipe.resizing, image_shape)

        def decode(content):
            return fit_image(decoded_jpeg(content), image_shape, resizing)

        dataset = guarded_images(tf, self._numbered(), decode, image_shape[:2], self._bad)
        # AutoGraph finds the source of one function a line.
        dataset = dataset.filter(lambda good, image, label: good)
        dataset = dataset.map(lambda good, image, label: to_pixels(tf, image))
        dataset = dataset.batch(batch_size)
        if self._num_good is not None:
            number = -(-self._num_good // batch_size)
            dataset = dataset.apply(tf.data.experimental.assert_cardinality(number))
        return dataset.prefetch(PREFETCH).with_options(options(tf))

    def labels(self):
        """Returns the labels in stored order, int `(n,)`; where images may be left out, those of the others alone.

        Which images these are takes a pass over the split that decodes them, unless `skip_bad_images` is 0.

        Raises:
            ValueError: too many bad images, or a label that is none of the classes.
        """
        import tensorflow as tf

        if not self._bad.limit:
            labels = np.array([int(label) for _, label in self.dataset.as_numpy_iterator()])
            for index in np.flatnonzero((labels < 0) | (labels >= self.num_classes)):
                self._bad.note(index, b"", labels[index])
            return labels

        def decode(content):
            return tf.cast(decoded_jpeg(content)[:1, :1], tf.float32)

        with reporting():
            images = guarded_images(tf, self._numbered(), decode, (1, 1), self._bad).as_numpy_iterator()
            labels = np.array([int(label) for good, _, label in images if good])
        self._num_good = len(labels)
        return labels


def _check_elements(name, dataset):
    expect(len(dataset) > 0, "split", f"one of {name} that has images", 0)
    content, label = dataset.element_spec
    files = content.dtype.name == "string" and content.shape.rank == 0
    expect(files, "name", "a data set that stores image files", f"{name} with {content.dtype.name} {content.shape}")
    whole = label.dtype.is_integer and label.shape.rank == 0
    expect(whole, "name", "a data set with a whole number as label", f"{name} with {label.dtype.name} {label.shape}")


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
    """Returns a dataset of tuples, `size` neighbours at a time in an order that follows from the seed and the epoch."""

    def shuffled(window, parts):
        # Below the numbers of the images, which count from 0.
        state = image_state(tf, seed, epoch, -1 - window)
        order = tf.random.experimental.stateless_shuffle(tf.range(tf.shape(parts[0])[0]), seed=state)
        return tf.data.Dataset.from_tensor_slices(tuple(tf.gather(part, order) for part in parts))

    # The next window is read while the present one is used.
    return dataset.batch(size).prefetch(1).enumerate().flat_map(shuffled)
