"""What all functions of signatures have in common. Imports TensorFlow where it is made."""

from keras_modnet.export.tracing import decoder


class Served:
    """What signatures serve, and what they take.

    Args:
        network: the `ServedNetwork`.
        graph: its `SharedGraph`.
        names: the `ClassNames` of its tasks.

    Attributes:
        network: likewise.
        graph: likewise.
        names: likewise.
        decode: what `tracing.decoder` returns.
        images: the spec of images.
        files: the spec of encoded images.
    """

    def __init__(self, network, graph, names):
        import tensorflow as tf

        self.network, self.graph, self.names, self.decode = network, graph, names, decoder(network)
        self.images = tf.TensorSpec((None, *network.image_shape), tf.float32, name="images")
        self.files = tf.TensorSpec((None,), tf.string, name="image_bytes")
