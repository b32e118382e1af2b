"""The batches as a `tf.data.Dataset`, for `tf.distribute` and for pipelines of TensorFlow."""

import itertools

import keras

PREFETCH = 2


def as_tf_dataset(batches):
    """Turns batches into a `tf.data.Dataset` that yields the same.

    All shapes are static. Each pass over the dataset is the next epoch, from `batches.epoch` on; with `repeat()` the
    epochs follow each other. `fit` of the library's models says which epoch is the first; `fit` of any other model, or
    of what `repeat` or `map` made of this dataset, wants `callbacks=[FollowEpochs(dataset)]` with this dataset. Call
    `fit(dataset, shuffle=False)`, or Keras warns that it cannot shuffle. Under `tf.distribute` the batch size is the
    global one, parted among the replicas: make the strategy first, then this dataset.

    Args:
        batches: a `TaskBatches` or `ImageBatches`.

    Returns:
        A `tf.data.Dataset` of the pairs that `batches` yields, in their order, images and labels with their dtypes.

    Raises:
        ImportError: if TensorFlow is not installed.
    """
    import tensorflow as tf

    # Each pass takes its number when it begins: `fit` may leave a pass before its end, and TensorFlow reads ahead.
    passes = _Passes(batches.epoch)

    def one_epoch():
        epoch = passes.begin()
        for index in range(len(batches)):
            yield batches.batch(epoch, index)

    signature = keras.tree.map_structure(lambda array: tf.TensorSpec(array.shape, array.dtype), batches[0])
    dataset = tf.data.Dataset.from_generator(one_epoch, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))
    dataset = dataset.prefetch(PREFETCH).with_options(options(tf))
    dataset.set_epoch = passes.set_epoch
    return dataset


class _Passes:
    """Numbers the passes over a dataset."""

    def __init__(self, epoch):
        self.set_epoch(epoch)

    def set_epoch(self, epoch):
        """Says which epoch the next pass is."""
        self._epochs = itertools.count(epoch)

    def begin(self):
        """Returns the epoch of a pass that begins."""
        return next(self._epochs)


def options(tf):
    """Returns the options of a pipeline whose order is fixed and that `tf.distribute` parts by images."""
    own = tf.data.Options()
    own.deterministic = True
    # With autotune on, `fit` was seen to wait for seconds after its last batch.
    own.autotune.enabled = False
    own.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return own
