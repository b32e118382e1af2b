"""Encoded images as a model's images, in the graph of a SavedModel: each row answers for itself."""

from keras_modnet.checks import expect
from keras_modnet.data.image_files import CHANNELS
from keras_modnet.data.resizing import Resizing
from keras_modnet.data.tensorflow_images import decoded
from keras_modnet.data.tensorflow_resizing import fit_image


def decode_images(encoded, image_shape, resizing):
    """Returns encoded images as a model takes them, and which of them could be read.

    Pixels are those of `keras_modnet.read_images`: `data.tensorflow_images.decoded` says which files can be read, and
    the model's own rule resizes them. Operations of TensorFlow alone: they run in servers, without Keras and without
    this package.

    Args:
        encoded: tensor of strings `(batch,)`, each a file; the batch may be of any size, and empty.
        image_shape: `(height, width, channels)` of the model, of one or three channels.
        resizing: `model.resizing`.

    Returns:
        `(images, valid)`: float32 `(batch, *image_shape)`, values from 0 to 255 and zeros where a row could not be
        read, and bool `(batch,)`.

    Raises:
        ValueError: a model of other channels, or a rule that is none.
    """
    import tensorflow as tf

    expect(image_shape[-1] in CHANNELS, "image_shape", "of one or three channels", image_shape)
    resizing = Resizing.of(resizing, image_shape)
    count = tf.size(encoded, tf.int64)

    @tf.autograph.experimental.do_not_convert
    def read(index, content):
        def image():
            return fit_image(decoded(content), image_shape, resizing)

        # The row behind the last one, so that a batch of no images has one.
        return index, tf.cond(index < count, image, lambda: tf.zeros(image_shape))

    rows = tf.data.Dataset.from_tensor_slices(tf.concat([encoded, [""]], 0)).enumerate()
    # An error ends one row, and not the others.
    rows = rows.map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False).ignore_errors()
    places, images = rows.batch(count + 1).get_single_element()
    shape = tf.stack([count + 1, *image_shape])
    images = tf.scatter_nd(places[:, None], images, shape)[:-1]
    valid = tf.scatter_nd(places[:, None], tf.ones_like(places, tf.bool), [count + 1])[:-1]
    return tf.ensure_shape(images, (None, *image_shape)), valid
