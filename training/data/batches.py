"""Arrays in memory, as shuffled batches for `fit`."""

import zlib

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of

DTYPES = ("uint8", "float32")


class TaskBatches(keras.utils.PyDataset):
    """Batches of several tasks: `({task: images}, {task: labels})`, `batch_size` images of every task.

    A task's images are shuffled and dealt out; when they are used up they are shuffled anew and dealt out again, within
    a batch if need be. So every batch is full and has the same shape, every image of the largest task is in every
    epoch, and smaller tasks repeat. For that reason evaluate on the arrays themselves: the last batch holds a few
    images twice.

    A batch is fixed by `seed`, the task's name, the epoch and its index, and by nothing else: reading it again, or
    adding a task, does not change it. In `fit` of the library's models the epoch is that of Keras, so that
    `initial_epoch` and `keras.callbacks.BackupAndRestore` read the images that are due; `fit` of any other Keras model
    wants `callbacks=[FollowEpochs(batches)]` for it, or the passes are counted by `on_epoch_end`, from one on.

    Call `fit(batches, shuffle=False)`: the order is drawn here, and Keras's own shuffling of the batches would follow
    the global random state. Give `steps_per_epoch` here, not to `fit`, where a pass would go on into the next epoch.

    Args:
        arrays: maps each task to its pair of images, uint8 `(n, height, width, channels)`, and labels, integers `(n,)`.
        batch_size: images of each task in a batch.
        steps_per_epoch: batches in an epoch. Default `None`: as many as the largest task needs to be seen whole.
        seed: whole number that fixes order and augmentation. Default 0.
        augment: callable from a batch of images, uint8 `(batch_size, height, width, channels)`, and a whole number, the
            random draw, to images of the same shape with values 0 to 255, such as `training.data.augmentation` returns;
            or a mapping from task to such a callable, where a task left out stays as it is. Default `None`.
        dtype: of the images handed out, `"uint8"` (default) or `"float32"`; the values are 0 to 255 in either.
        num_classes: maps each task to its number of classes, so that a label outside is refused. Default `None`: any
            label from 0 upward is taken.

    Raises:
        ValueError: if an argument is not of that form, or if `augment` changes the shape of a batch.
    """

    def __init__(self, arrays, batch_size, steps_per_epoch=None, seed=0, augment=None, dtype="uint8", num_classes=None):
        """Checks the arguments; starts at epoch 0."""
        # One worker: batches are read in order, and the arrays are not copied to other processes.
        super().__init__(workers=1, use_multiprocessing=False)
        _check_arrays(arrays, num_classes or {})
        expect_count("batch_size", batch_size)
        expect_count("seed", seed, minimum=0)
        expect_one_of("dtype", dtype, DTYPES)
        if steps_per_epoch is None:
            largest = max(len(labels) for _, labels in arrays.values())
            steps_per_epoch = -(-largest // batch_size)
        expect_count("steps_per_epoch", steps_per_epoch)
        self.arrays = dict(arrays)
        self.batch_size = batch_size
        self.steps_per_epoch = steps_per_epoch
        self.seed = seed
        self.augment = augment if isinstance(augment, dict) else dict.fromkeys(arrays, augment)
        unknown = sorted(set(self.augment) - set(arrays))
        expect(not unknown, "augment", "a callable or a mapping whose keys are tasks", unknown)
        self.dtype = dtype
        self.epoch = 0
        self._orders = {}

    def __len__(self):
        """Number of batches in an epoch."""
        return self.steps_per_epoch

    def __getitem__(self, index):
        """Returns batch `index` of the current epoch, as `batch` does."""
        return self.batch(self.epoch, index)

    def set_epoch(self, epoch):
        """Goes to an epoch, counted from 0; `FollowEpochs` calls it."""
        self.epoch = epoch

    def on_epoch_end(self):
        """Advances to the next epoch, and so to a new order. Keras calls it."""
        self.epoch += 1

    def batch(self, epoch, index):
        """Returns one batch of any epoch.

        Args:
            epoch: number of the epoch, from 0.
            index: number of the batch in it, from 0.

        Returns:
            A pair of mappings from task to images, `(batch_size, height, width, channels)`, and to labels, int32
            `(batch_size,)`.

        Raises:
            IndexError: if the epoch has no such batch.
        """
        if not 0 <= index < self.steps_per_epoch:
            raise IndexError(f"`index` must be from 0 to {self.steps_per_epoch - 1}. Received: {index}.")
        parts = {task: self._task_batch(task, epoch, index) for task in self.arrays}
        return {task: images for task, (images, _) in parts.items()}, {task: y for task, (_, y) in parts.items()}

    def _task_batch(self, task, epoch, index):
        images, labels = self.arrays[task]
        rows = self._rows(task, epoch, index)
        batch = images[rows]
        augment = self.augment.get(task)
        if augment is not None:
            draw = np.random.SeedSequence(self._entropy(task, epoch, index)).generate_state(1)
            augmented = augment(batch, int(draw[0]))
            expected = f"a callable that keeps the shape {batch.shape} of {task!r}"
            expect(augmented.shape == batch.shape, "augment", expected, augmented.shape)
            batch = augmented
        return _to_dtype(batch, self.dtype), labels[rows].astype("int32")

    def _rows(self, task, epoch, index):
        count = len(self.arrays[task][1])
        cycles, places = np.divmod(np.arange(index * self.batch_size, (index + 1) * self.batch_size), count)
        orders = [self._order(task, epoch, int(cycle))[places[cycles == cycle]] for cycle in np.unique(cycles)]
        return np.concatenate(orders)

    def _order(self, task, epoch, cycle):
        # The last one is kept, as batches are read in order. It is kept and read whole, because TensorFlow may still be
        # reading ahead in a thread when a new pass begins.
        kept, order = self._orders.get(task, (None, None))
        if kept != (epoch, cycle):
            generator = np.random.default_rng(self._entropy(task, epoch, cycle))
            order = generator.permutation(len(self.arrays[task][1]))
            self._orders[task] = (epoch, cycle), order
        return order

    def _entropy(self, task, epoch, number):
        return [self.seed, zlib.crc32(task.encode()), epoch, number]


class ImageBatches(TaskBatches):
    """Batches of one task's arrays: `(images, labels)`, for a model that takes plain images.

    Shuffling, full batches and reproducibility are those of `TaskBatches`.

    Args:
        images: uint8 `(n, height, width, channels)`.
        labels: integers `(n,)`.
        batch_size: images in a batch.
        steps_per_epoch: batches in an epoch. Default `None`: as many as show every image.
        seed: whole number that fixes order and augmentation. Default 0.
        augment: callable as `TaskBatches` takes it. Default `None`.
        dtype: of the images handed out, `"uint8"` (default) or `"float32"`.
        num_classes: number of classes, so that a label outside is refused. Default `None`: any from 0 upward.

    Raises:
        ValueError: if an argument is not of that form, or if `augment` changes the shape of a batch.
    """

    def __init__(
        self, images, labels, batch_size, steps_per_epoch=None, seed=0, augment=None, dtype="uint8", num_classes=None
    ):
        """Checks the arguments; starts at epoch 0."""
        classes = None if num_classes is None else {"images": num_classes}
        super().__init__({"images": (images, labels)}, batch_size, steps_per_epoch, seed, augment, dtype, classes)

    def batch(self, epoch, index):
        """Returns one batch of any epoch: images and labels, as `TaskBatches.batch` has them for its task."""
        images, labels = super().batch(epoch, index)
        return images["images"], labels["images"]


def _check_arrays(arrays, num_classes):
    expect(isinstance(arrays, dict) and arrays, "arrays", "a mapping from task to `(images, labels)`", type(arrays))
    for task, (images, labels) in arrays.items():
        argument = f"arrays[{task!r}]"
        is_uint8 = isinstance(images, np.ndarray) and images.dtype == np.uint8 and images.ndim == 4 and images.size > 0
        received = (getattr(images, "dtype", type(images)), getattr(images, "shape", None))
        expect(is_uint8, argument, "images of uint8 `(n, height, width, channels)`, none of them 0", received)
        is_labels = isinstance(labels, np.ndarray) and np.issubdtype(labels.dtype, np.integer)
        expect(is_labels, argument, "labels that are an array of integers", getattr(labels, "dtype", type(labels)))
        expect(labels.shape == (len(images),), argument, f"{len(images)} labels, one for each image", labels.shape)
        _check_classes(argument, labels, num_classes.get(task))


def _check_classes(argument, labels, num_classes):
    wanted = "labels from 0 upward" if num_classes is None else f"labels from 0 to {num_classes - 1}"
    outside = np.flatnonzero((labels < 0) | (num_classes is not None and labels >= num_classes))
    first = outside[0] if outside.size else None
    expect(first is None, argument, wanted, None if first is None else f"{labels[first]} for image {first}")


def _to_dtype(images, dtype):
    if dtype == "uint8" and images.dtype != np.uint8:
        return np.clip(np.rint(images), 0, 255).astype("uint8")
    return images.astype(dtype, copy=False)
