"""Functions of TensorFlow for arguments of a given kind. Imports TensorFlow where it runs."""

from keras_modnet.export.encoded_images import decode_images


def traced(function, *specs):
    """Returns the function as one of TensorFlow's, traced where it is first called, for arguments of these specs."""
    import tensorflow as tf

    return tf.function(function, input_signature=specs, autograph=False)


def held(images, image_shape):
    """Returns the images; where the graph runs, an error in words if they are of another size or of other channels."""
    import tensorflow as tf

    return tf.ensure_shape(images, (None, *image_shape))


def decoder(network):
    """Returns the function from encoded images, strings `(batch,)`, to images and which of them could be read.

    Args:
        network: the `ServedNetwork`.
    """
    import tensorflow as tf

    def decode(files):
        return decode_images(files, network.image_shape, network.resizing)

    return traced(decode, tf.TensorSpec((None,), tf.string))
