"""The tf.data form yields the same batches, epoch after epoch, and `tf.distribute` can part them."""

import pathlib
import subprocess
import sys

import keras
import numpy as np
import tensorflow as tf

import keras_modnet
from training.data import ImageBatches, TaskBatches, as_tf_dataset

ROOT = pathlib.Path(__file__).parents[2]

DISTRIBUTED = """
import numpy as np
import tensorflow as tf

from training.data import ImageBatches, as_tf_dataset

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
batches = ImageBatches(np.zeros((8, 2, 2, 1), "uint8"), np.arange(8), batch_size=4)
for _, labels in strategy.experimental_distribute_dataset(as_tf_dataset(batches)):
    print([part.numpy().tolist() for part in strategy.experimental_local_results(labels)])
"""


def numbered(count):
    images = np.broadcast_to(np.arange(count, dtype="uint8")[:, None, None, None], (count, 2, 2, 1))
    return images, np.arange(count)


def tasks():
    return TaskBatches({"a": numbered(10), "b": numbered(3)}, 4)


def assert_same(dataset_epoch, batches):
    for left, right in zip(dataset_epoch, batches, strict=True):
        keras.tree.map_structure(np.testing.assert_array_equal, left, right)


def test_the_first_epoch_is_that_of_the_batches():
    assert_same(as_tf_dataset(tasks()).as_numpy_iterator(), tasks())


def test_each_pass_is_the_next_epoch():
    batches = tasks()
    batches.epoch = 5
    dataset = as_tf_dataset(batches)
    next(iter(dataset))  # a pass that is left early counts as one
    list(dataset)
    assert_same(dataset.as_numpy_iterator(), [batches.batch(7, index) for index in range(3)])


def test_repeated_passes_are_epochs_one_after_the_other():
    batches = tasks()
    expected = [batches.batch(epoch, index) for epoch in range(2) for index in range(3)]
    assert_same(as_tf_dataset(batches).repeat(2).as_numpy_iterator(), expected)


def test_shapes_dtypes_and_length_are_static():
    dataset = as_tf_dataset(tasks())
    image, label = tf.TensorSpec((4, 2, 2, 1), tf.uint8), tf.TensorSpec((4,), tf.int32)
    assert dataset.element_spec == ({"a": image, "b": image}, {"a": label, "b": label})
    assert int(dataset.cardinality()) == len(dataset) == 3


def test_autotune_is_off_and_the_order_is_kept():
    options = as_tf_dataset(tasks()).options()
    assert options.autotune.enabled is False
    assert options.deterministic is True


def test_one_task_is_a_plain_pair():
    assert_same(as_tf_dataset(ImageBatches(*numbered(5), 2)).as_numpy_iterator(), ImageBatches(*numbered(5), 2))


def test_two_replicas_get_halves_of_each_batch():
    # A process of its own: logical devices are set before TensorFlow starts.
    run = subprocess.run(
        [sys.executable, "-c", DISTRIBUTED], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    expected = [labels.tolist() for _, labels in ImageBatches(np.zeros((8, 2, 2, 1), "uint8"), np.arange(8), 4)]
    assert run.stdout.splitlines() == [str([labels[:2], labels[2:]]) for labels in expected]


def test_fit_of_the_models_says_which_epoch_a_dataset_reads():
    def fitted(**options):
        keras.utils.set_random_seed(0)
        model = keras_modnet.ModNet((4, 4, 1), {"a": 10}, num_blocks=2, num_steps=2, width=2, patch_size=2, seed=0)
        model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        images = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 1)).astype("uint8")
        dataset = as_tf_dataset(ImageBatches(images, np.arange(10), 5))
        read = []
        begin = dataset.set_epoch
        dataset.set_epoch = lambda epoch: read.append(epoch) or begin(epoch)
        model.fit(dataset, shuffle=False, verbose=0, **options)
        return read

    assert fitted(epochs=2) == [0]
    assert fitted(initial_epoch=3, epochs=5) == [3]


def test_a_dataset_that_was_told_its_epoch_goes_on_from_there():
    dataset, batches = as_tf_dataset(tasks()), tasks()
    next(iter(dataset))
    dataset.set_epoch(3)
    for epoch in (3, 4):
        assert_same(dataset.as_numpy_iterator(), [batches.batch(epoch, index) for index in range(3)])
