"""Which epoch a dataset is to read: Keras knows the number, and tells it to callbacks alone."""

import keras

from keras_modnet.checks import expect


class FollowEpochs(keras.callbacks.Callback):
    """Tells a dataset the number of each epoch before its first batch is read.

    Without it a dataset counts its own passes, and a `fit` that begins later, by `initial_epoch` or because
    `keras.callbacks.BackupAndRestore` goes on with an earlier one, reads the images of the first epochs again. The
    library's models have it in every `fit`; a `fit` of another Keras model needs it among its callbacks.

    Args:
        dataset: has a method `set_epoch(epoch)`. A `PyDataset` hears every epoch, anything else the first one of a
            `fit`, from where its passes count on: TensorFlow may have begun the next one already.

    Raises:
        ValueError: the dataset has no such method.

    Example:
        model.fit(batches, epochs=9, shuffle=False, callbacks=[BackupAndRestore("backup"), FollowEpochs(batches)])
    """

    def __init__(self, dataset):
        super().__init__()
        expect(follows_epochs(dataset), "dataset", "a dataset with a method `set_epoch`", type(dataset).__name__)
        self.dataset = dataset
        self._told = False

    def on_train_begin(self, logs=None):
        """Begins a new `fit`."""
        self._told = False

    def on_epoch_begin(self, epoch, logs=None):
        """Tells the dataset its epoch."""
        if isinstance(self.dataset, keras.utils.PyDataset) or not self._told:
            self.dataset.set_epoch(epoch)
        self._told = True


def follows_epochs(dataset):
    """Returns whether a dataset can be told its epoch."""
    return callable(getattr(dataset, "set_epoch", None))


def with_epochs(dataset, callbacks):
    """Returns callbacks of `fit` among which a dataset that can be told its epoch is told it.

    Args:
        dataset: what is fitted, of any kind.
        callbacks: as `fit` takes them: None, one, a list of them or a `keras.callbacks.CallbackList`.
    """
    if not follows_epochs(dataset):
        return callbacks
    if isinstance(callbacks, keras.callbacks.CallbackList):
        told = [own for own in callbacks.callbacks if isinstance(own, FollowEpochs) and own.dataset is dataset]
        if not told:
            callbacks.callbacks.append(FollowEpochs(dataset))
        return callbacks
    listed = callbacks if isinstance(callbacks, list | tuple) else [] if callbacks is None else [callbacks]
    return [*listed, FollowEpochs(dataset)]
