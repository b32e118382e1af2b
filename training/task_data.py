"""The data of a recipe: loaded, as batches that can begin anywhere, as plain batches, and counted."""

import itertools

import numpy as np

from keras_modnet.data.tensorflow_streams import reporting
from training import data as training_data
from training.classification_recipe import ClassificationRecipe

STATISTICS_BATCH = 256


def load_tasks(recipe, split, data_dir=None, limit=None, skip_bad_images=0):
    """Returns `{task: data}` of one split.

    Args:
        recipe: a `Recipe`.
        split: "train" or "test".
        data_dir: folder of arrays; default tensorflow-datasets.
        limit: images of each task at most; default all.
        skip_bad_images: images of a data set that may be left out because they cannot be read.

    Returns:
        Arrays `(images, labels)` of each task, images uint8 in the model's shape; of a `ClassificationRecipe` without
        `data_dir` a `StreamedSplit`.
    """
    if data_dir is None and isinstance(recipe, ClassificationRecipe):
        return {
            task: training_data.StreamedSplit(name, split, limit, skip_bad_images) for task, name in recipe.data.items()
        }
    tasks = {}
    for task, name in recipe.data.items():
        images, labels = training_data.load(name, split, data_dir, skip_bad_images=skip_bad_images)
        images = training_data.to_shape(images[:limit], recipe.model["image_shape"], recipe.resizing)
        tasks[task] = images, labels[:limit]
    return tasks


def is_stream(data):
    """Whether data are a `StreamedSplit` and no arrays."""
    return isinstance(data, training_data.StreamedSplit)


def num_images(data):
    """Returns the number of images of arrays or of a stream."""
    return len(data) if is_stream(data) else len(data[1])


def make_batches(recipe, tasks, seed, classes):
    """Returns the training batches of a recipe, as `ArrayReader` or `StreamReader`.

    Args:
        recipe: a `Recipe`.
        tasks: `{task: data}`.
        seed: fixes the order of the images and all that is done to them.
        classes: `{task: number of classes}`.
    """
    if not isinstance(recipe, ClassificationRecipe):
        augment = training_data.augmentation(recipe.augmentation, recipe.model["image_shape"], seed)
        options = {"seed": seed, "augment": augment, "num_classes": classes}
        return ArrayReader(training_data.TaskBatches(tasks, recipe.batch_size, **options))
    [(task, data)] = tasks.items()
    if is_stream(data):
        return StreamReader(data, recipe, seed)
    mixing, changes = recipe.label_mixing(classes[task]), recipe.image_changes()
    return ArrayReader(training_data.ChangedBatches(*data, recipe.batch_size, seed, recipe.crop_area, changes, mixing))


class ArrayReader:
    """Batches of arrays, from any step of any epoch on.

    Args:
        batches: a `TaskBatches`, `ImageBatches` or `ChangedBatches`.
    """

    def __init__(self, batches):
        self._batches = batches

    def __len__(self):
        """Steps of an epoch."""
        return len(self._batches)

    def read(self, epochs, first_step=0):
        """Yields the batches of some epochs, one after the other.

        Args:
            epochs: range of their numbers.
            first_step: step at which the first of them begins.
        """
        for epoch in epochs:
            for step in range(first_step if epoch == epochs.start else 0, len(self)):
                yield self._batches.batch(epoch, step)


class StreamReader:
    """Batches of a `StreamedSplit`, from any step of any epoch on.

    Args:
        split: the `StreamedSplit`.
        recipe: a `ClassificationRecipe`.
        seed: as `StreamedSplit.training_batches` takes it.
    """

    def __init__(self, split, recipe, seed):
        self._split, self._recipe, self._seed = split, recipe, seed

    def __len__(self):
        """Steps of an epoch."""
        return self._split.steps(self._recipe)

    def read(self, epochs, first_step=0):
        """Yields batches as `ArrayReader.read` does."""
        with reporting():
            yield from self._split.training_batches(self._recipe, self._seed, epochs, first_step)


def statistics_batches(images, count, seed):
    """Yields `count` random batches of training images, in the order that `seed` fixes."""
    rows = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, min(count * STATISTICS_BATCH, len(rows)), STATISTICS_BATCH):
        yield images[np.sort(rows[start : start + STATISTICS_BATCH])]


def plain_images(recipe, data, seed):
    """Returns batches of training images that are not changed, to gather statistics from.

    Args:
        recipe: a `Recipe`.
        data: arrays or a stream.
        seed: fixes which images of arrays.
    """
    count = recipe.statistics_batches
    if is_stream(data):
        return itertools.islice(data.plain_batches(recipe, STATISTICS_BATCH).as_numpy_iterator(), count)
    return statistics_batches(data[0], count, seed)
