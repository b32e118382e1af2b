"""A task in two Keras models over its own variables: from images to what settles before its head, and from there."""

import keras

from keras_modnet.layers.head_stages import classify_settled, settled


class SettledModel(keras.Model):
    """Images to what training of a task's head does not change, at inference.

    Args:
        stem: the stem.
        task_layers: `TaskLayers`.

    Call arguments:
        images: `(batch, height, width, channels)` with values from 0 to 255, any dtype.

    Returns:
        What `head_stages.settled` returns.
    """

    def __init__(self, stem, task_layers):
        # Pixels reach the stem as they are.
        super().__init__(autocast=False, dtype=task_layers.dtype_policy)
        self.stem, self.task_layers = stem, task_layers
        self.built = True

    def build(self, images_shape=None):
        """Does nothing: there are no variables of its own."""

    def call(self, images):
        """Runs stem and steps, and the head as far as nothing trains."""
        return settled(self.task_layers.head, self.task_layers.steps(self.stem(images), training=False))


class SettledHead(keras.Model):
    """What `SettledModel` returns to logits; its variables are the head's.

    Args:
        head: `ClassifierHead`.

    Call arguments:
        values: what `SettledModel` returned.
        training: whether a batch norm gathers statistics.

    Returns:
        Logits `(batch, num_classes)`, float32.
    """

    def __init__(self, head):
        super().__init__(autocast=False, dtype="float32")
        self.head = head
        self.built = True

    def build(self, values_shape=None):
        """Does nothing: there are no variables of its own."""

    def call(self, values, training=None):
        """Runs the rest of the head."""
        return classify_settled(self.head, values, training)
