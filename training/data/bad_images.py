"""Bad images of a stream: the first one is an error that names it, or so many of them are left out and counted."""

import os
import threading

import numpy as np

from keras_modnet.checks import expect_count
from keras_modnet.data.image_kinds import MAX_PIXELS, kind_of

SHOWN = 10


class BadImages:
    """What is wrong with which images of a split.

    Attributes:
        source: what the split is called in errors.
        num_classes: number of classes.
        limit: how many bad images may be left out.
        reasons: `{index of an image in the split: what was found there}`, of those that have come by now.
    """

    def __init__(self, source, num_classes, limit=0):
        expect_count("skip_bad_images", limit, minimum=0)
        self.source, self.num_classes, self.limit = source, num_classes, limit
        self.reasons = {}
        # TensorFlow decodes in several threads.
        self._lock = threading.Lock()

    def note(self, index, content, label):
        """Notes a bad image.

        Args:
            index: number of the image in the split, from 0.
            content: bytes of its file.
            label: its label.

        Returns:
            False: the image is not good.

        Raises:
            ValueError: there are more bad images than may be left out, or the label is none of the classes, which
                is never left out.
        """
        if not 0 <= label < self.num_classes:
            raise ValueError(
                f"{self.source}, image {index}: expected a label from 0 to {self.num_classes - 1}, found {label}."
            )
        reason = fault_of(bytes(content))
        with self._lock:
            self.reasons[int(index)] = reason
            reasons = sorted(self.reasons.items())
        if len(reasons) > self.limit:
            raise ValueError(self._message(reasons))
        return np.False_

    def _message(self, reasons):
        wanted = f"a whole JPEG file of at most {MAX_PIXELS:,} pixels"
        if self.limit == 0:
            index, reason = reasons[0]
            return f"{self.source}, image {index}: expected {wanted}, found {reason}."
        listed = ", ".join(f"image {index} ({reason})" for index, reason in reasons[:SHOWN])
        more = ", ..." if len(reasons) > SHOWN else ""
        at_most = f"at most {self.limit} images that are not {wanted}"
        return f"{self.source}: expected {at_most}, found {len(reasons)}: {listed}{more}."


def fault_of(content):
    """Returns what a file is that should have been a JPEG image, in words that follow "found".

    Args:
        content: bytes of the file.
    """
    import tensorflow as tf

    if not content.startswith(b"\xff\xd8"):
        return kind_of(content)
    try:
        height, width, _ = tf.io.extract_jpeg_shape(content).numpy().tolist()
    except tf.errors.InvalidArgumentError:
        return "a JPEG file with a damaged header"
    if height * width > MAX_PIXELS:
        return f"one of {height:,} x {width:,} pixels"
    return f"a JPEG file of {height} x {width} pixels that is damaged or cut off"


def guarded_images(tf, dataset, decode, size, bad):
    """Decodes images, several at a time, in their order.

    An error of TensorFlow inside of a map does not say at which element it came, and ends the whole dataset. So each
    image is a dataset of its own, whose errors are ignored and which goes on with the note of a bad image.

    Args:
        tf: TensorFlow.
        dataset: a `tf.data.Dataset` of `(index in the split, bytes of a file, label, *beside)`.
        decode: function of `(bytes, *beside)` to an image, float32 `(*size, 3)`.
        size: `(height, width)`.
        bad: `BadImages`.

    Returns:
        A `tf.data.Dataset` of `(good, image, label, *beside)`; `good` is False, and the image black, where a bad image
        was left out.
    """

    def decoded(index, content, label, *beside):
        inside = tf.debugging.Assert((label >= 0) & (label < bad.num_classes), [label])
        with tf.control_dependencies([inside]):
            return True, tf.ensure_shape(decode(content, *beside), (*size, 3)), label, *beside

    def noted(index, content, label, *beside):
        good = tf.ensure_shape(tf.numpy_function(bad.note, [index, content, label], tf.bool), ())
        return good, tf.zeros((*size, 3)), label, *beside

    def one(*example):
        image = tf.data.Dataset.from_tensors(example)
        return image.map(decoded).ignore_errors().concatenate(image.map(noted)).take(1)

    count = os.cpu_count()
    return dataset.interleave(one, cycle_length=count, block_length=1, num_parallel_calls=count, deterministic=True)


def filled(tf, good, *parts):
    """Fills the places of bad images in a batch with its good ones, in their order.

    Args:
        tf: TensorFlow.
        good: bool `(n,)`, with at least one True.
        *parts: tensors `(n, ...)`: images, labels.

    Returns:
        The parts, in which what was good stays where it is.
    """
    places = tf.where(good)[:, 0]
    fillers = tf.gather(places, tf.math.floormod(tf.cumsum(tf.cast(~good, tf.int64)) - 1, tf.size(places, tf.int64)))
    rows = tf.where(good, tf.range(tf.size(good, tf.int64)), fillers)
    return tuple(tf.ensure_shape(tf.gather(part, rows), part.shape) for part in parts)
