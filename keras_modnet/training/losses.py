"""The loss of a classifier whose labels may be whole numbers or rows."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_modnet")
class ClassCrossentropy(keras.losses.Loss):
    """Cross-entropy of logits with whole numbers `(n,)` or `(n, 1)`, or with rows `(n, num_classes)` that sum to one.

    Args:
        label_smoothing: share of each label that is spread over all classes, from 0 to 1.

    Reference:
        Label smoothing: Szegedy et al. 2016, "Rethinking the Inception architecture", section 7.
    """

    def __init__(self, label_smoothing=0.0, name="class_crossentropy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, labels, logits):
        """Returns the loss of each image, `(n,)`."""
        num_classes = logits.shape[-1]
        rows = len(labels.shape) == 2 and labels.shape[-1] == num_classes != 1
        if not (rows or self.label_smoothing):
            return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        if not rows:
            labels = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), num_classes)
        options = {"from_logits": True, "label_smoothing": self.label_smoothing}
        return keras.losses.categorical_crossentropy(labels, logits, **options)

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {"label_smoothing": self.label_smoothing}
