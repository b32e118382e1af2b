"""Streams of batches: what they are, their first batch, and a check of every batch as it comes."""

import copy
import itertools

import keras

from keras_modnet.checks import expect


def is_stream(x, y=None):
    """Returns whether these are batches that come one after the other, and not arrays or a dict of them."""
    if isinstance(x, dict) or hasattr(x, "shape"):
        return False
    # A list is one of images beside labels, or where its entries are no batches.
    return not isinstance(x, list | tuple) or (y is None and len(x) > 0 and isinstance(x[0], tuple | dict))


def is_tf_dataset(x):
    """Returns whether this is a `tf.data.Dataset`, without importing TensorFlow."""
    return any(kind.__module__.startswith("tensorflow") and kind.__name__ == "DatasetV2" for kind in type(x).__mro__)


def is_data_loader(x):
    """Returns whether this is a torch `DataLoader`, without importing torch."""
    return any(kind.__module__.startswith("torch.utils.data") for kind in type(x).__mro__)


def cannot_be_shuffled(x):
    """Returns whether Keras has no way to shuffle what comes from this stream."""
    return x is not None and is_stream(x) and getattr(x, "num_batches", None) is None and not isinstance(x, list)


def first_batch(x, argument="x"):
    """Returns `(first batch, x)` of a stream; a generator comes back with its first batch in front again.

    Raises:
        ValueError: there is no batch, or this is no stream.
    """
    if isinstance(x, keras.utils.PyDataset):
        _expect_batches(x, argument)
        return x[0], x
    if is_tf_dataset(x):
        return x.element_spec, x
    expect(hasattr(x, "__iter__"), argument, "arrays, or batches of images and labels", type(x).__name__)
    batches = iter(x)
    first = next(batches, None)
    expect(first is not None, argument, "a dataset with at least one batch", "an empty one")
    return first, itertools.chain((first,), batches) if batches is x else x


def guarded_stream(x, check):
    """Returns a stream whose batches have passed a check; of the kinds that Keras takes.

    Args:
        x: the stream.
        check: `guarded.BatchCheck`: from a batch, and whether it is the first one, to a batch; raises `ValueError`.
    """
    argument = check.argument
    if isinstance(x, list | tuple):
        x = ListedBatches(x)
    if isinstance(x, keras.utils.PyDataset):
        _expect_batches(x, argument)
        return GuardedDataset(x, check)
    if is_tf_dataset(x):
        from keras_modnet.data.tensorflow_streams import guarded_tf_dataset

        return guarded_tf_dataset(x, check.expected, argument, check.labelled)
    if is_data_loader(x):
        loader = copy.copy(x)
        loader.collate_fn = _Checking(x.collate_fn, check)
        return loader
    first, x = first_batch(x, argument)
    check(first, True)
    return _guarded_batches(x, check)


def _expect_batches(dataset, argument):
    some = dataset.num_batches is None or dataset.num_batches > 0
    expect(some, argument, "a dataset with at least one batch", "an empty one")


def _guarded_batches(batches, check):
    # Keras takes a generator, and no other iterator.
    for batch in batches:
        yield check(batch, False)


class _Checking:
    """Collates a batch and checks it; an object, so that it can be sent to other processes."""

    def __init__(self, collate, check):
        self.collate, self.check = collate, check

    def __call__(self, samples):
        batch = self.collate(samples)
        return self.check(tuple(batch) if isinstance(batch, list) else batch, False)


class ListedBatches(keras.utils.PyDataset):
    """A list of batches as a dataset.

    Args:
        batches: list of `(images, labels)` or `(images, labels, weights)`.
    """

    def __init__(self, batches):
        super().__init__(workers=1, use_multiprocessing=False)
        self.batches = batches

    def __len__(self):
        """Number of batches."""
        return len(self.batches)

    def __getitem__(self, index):
        """Returns one batch."""
        return self.batches[index]


class GuardedDataset(keras.utils.PyDataset):
    """A `PyDataset` whose batches are checked as they come.

    Args:
        dataset: the dataset.
        check: function of a batch, and whether it is the first one, to a batch; raises `ValueError`.
    """

    def __init__(self, dataset, check):
        own = {name: getattr(dataset, name) for name in ("workers", "use_multiprocessing", "max_queue_size")}
        super().__init__(**own)
        self.dataset, self.check = dataset, check
        self._first = True

    @property
    def num_batches(self):
        """Number of batches, or None."""
        return self.dataset.num_batches

    def __getitem__(self, index):
        """Returns one batch, checked."""
        first, self._first = self._first, False
        return self.check(self.dataset[index], first)

    def on_epoch_begin(self):
        """Hands on what Keras says."""
        self.dataset.on_epoch_begin()

    def on_epoch_end(self):
        """Hands on what Keras says."""
        self.dataset.on_epoch_end()
