"""Images of any size in a graph of TensorFlow, at a model's size: the rule of `resizing`, TensorFlow's kernels."""

from keras_modnet.data.resizing import fitted

_KERNELS = {"bilinear": "triangle", "bicubic": "keyscubic"}


def fit_image(image, image_shape, resizing):
    """Returns one image with the height, width and channels that a model takes.

    The numbers are those of `resizing.fit_images`, up to rounding in float32: NumPy would need the size when the graph
    is made, and products of whole matrices cost ten times as much on a photograph of twelve million pixels.

    Args:
        image: `(H, W, C)`, of which only C has to be known, numbers from 0 to 255.
        image_shape: `(height, width, channels)`.
        resizing: the `Resizing`.

    Returns:
        float32 `image_shape`.
    """
    import tensorflow as tf

    size, channels = tf.shape(image, tf.int64)[:2], image.shape[-1]
    images = fitted(tf, _resample, image[None], size, channels, image_shape, resizing)
    return tf.ensure_shape(images[0], image_shape)


def _resample(images, scaled, offset, wanted, interpolation):
    import tensorflow as tf

    sides = tf.cast(tf.shape(images)[1:3], tf.float32)
    result = tf.raw_ops.ScaleAndTranslate(
        images=images,
        size=wanted,
        scale=tf.cast(scaled, tf.float32) / sides,
        translation=tf.cast(offset, tf.float32),
        kernel_type=_KERNELS[interpolation],
        antialias=True,
    )
    return tf.clip_by_value(result, 0, 255) if interpolation == "bicubic" else result
