"""Which preset a new task should start from: the one with the task whose features separate the classes best."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from keras_modnet.adaptation.ranking.tasks import TaskRanking, rank_tasks
from keras_modnet.checks import expect, expect_count
from keras_modnet.data.arrays import images_with_classes, is_arrays
from keras_modnet.data.checks import as_array
from keras_modnet.data.reading import first_images
from keras_modnet.data.resizing import can_fit
from keras_modnet.models.from_preset import from_preset
from keras_modnet.presets import find_preset, list_presets

_HEADER = ("preset", "task", "leave-one-out error", "unique parameters")
_NO_WEIGHTS = "its weights are not on this machine; name it to download them"


@dataclass(frozen=True)
class RankedPreset:
    """What the ranking knows of one preset.

    Attributes:
        tasks: the `TaskRanking` of its tasks.
        unique_parameters: parameters of the preset, each counted once however often it is used.
    """

    tasks: TaskRanking
    unique_parameters: int


class PresetRanking(Mapping):
    """A read-only mapping of preset to the leave-one-out error of its best task, the best preset first.

    It prints as a table, and says below it what was skipped.

    Args:
        ranked: `{preset: RankedPreset}`.
        skipped: `{preset: why}`.

    Attributes:
        rankings: `{preset: TaskRanking}`, all tasks of each preset.
        skipped: `{preset: why}`, the presets that were not ranked.
    """

    def __init__(self, ranked, skipped):
        """Sorts the presets; equal ones stay as they come."""
        errors = {preset: one.tasks[one.tasks.best] for preset, one in ranked.items()}
        self._ranked = {preset: ranked[preset] for preset in sorted(errors, key=errors.get)}
        self.rankings = {preset: one.tasks for preset, one in self._ranked.items()}
        self.skipped = dict(skipped)

    @property
    def best(self):
        """Name of the first preset, as `from_preset` takes it."""
        return next(iter(self._ranked))

    @property
    def best_task(self):
        """Name of the best task of the first preset, as `ModNet.add_task(init_from=)` takes it."""
        return self.rankings[self.best].best

    def __getitem__(self, preset):
        """Returns the error of the best task of a preset."""
        return self.rankings[preset][self.rankings[preset].best]

    def __iter__(self):
        """Iterates over the presets, the best one first."""
        return iter(self._ranked)

    def __len__(self):
        """Returns the number of presets that were ranked."""
        return len(self._ranked)

    def __str__(self):
        """Returns the table."""
        rows = [(name, one.tasks.best, f"{self[name]:.4f}", f"{one.unique_parameters:,}") for name, one in self._rows()]
        names, tasks, *_ = (max(map(len, column)) for column in zip(_HEADER, *rows, strict=True))
        sizes = [names, tasks, len(_HEADER[2]), len(_HEADER[3])]
        lines = [
            f"{name:<{sizes[0]}}  {task:<{sizes[1]}}  {error:>{sizes[2]}}  {parameters:>{sizes[3]}}"
            for name, task, error, parameters in (_HEADER, *rows)
        ]
        return "\n".join([*lines, *(f"skipped: {name} ({why})" for name, why in self.skipped.items())])

    __repr__ = __str__

    def _rows(self):
        return self._ranked.items()


def rank_presets(dataset, presets=None, max_images=1000):
    """Ranks presets by how well features of their best task separate the classes of new data, with nothing trained.

    Each task of each preset is judged as in `rank_tasks`, on the images resized to what the preset takes, by its own
    rule (`resizing.fit_images`). Errors of different presets compare, since they are of the same images and labels.

    Args:
        dataset: a pair of arrays, images `(n, H, W, C)` with values from 0 to 255 and labels: integers from 0 `(n,)`,
            or one-hot rows; or a dataset of such batches.
        presets: names, paths or handles as `from_preset` takes them, downloaded where they are not on this machine;
            default all that ship with the package and need no download.
        max_images: images that are used, in one batch: a random choice of arrays, fixed, or the first ones of a
            dataset. 1000 images of 224 x 224 pixels need some gigabytes.

    Returns:
        `PresetRanking`. Presets that were not ranked, since their weights are not at hand or their channels are others,
        are in its `skipped`.

    Raises:
        ValueError: no presets, images that are none, labels that are none, fewer than two images, a count under one, or
            channels that no preset takes.
        PresetError: a preset is unknown, damaged, or cannot be downloaded.
    """
    expect_count("max_images", max_images)
    names, skipped = _choose(presets)
    images, labels = _sample(dataset, max_images)
    ranked = {}
    for name in names:
        model = from_preset(name)
        if can_fit(images.shape[-1], model.image_shape[-1]):
            tasks = rank_tasks(model, (images, labels), max_images=max_images)
            ranked[name] = RankedPreset(tasks, _unique_parameters(model))
        else:
            skipped[name] = f"it takes images of {model.image_shape[-1]} channels"
    expect(len(ranked) > 0, "dataset", "images of channels that some preset takes", images.shape)
    return PresetRanking(ranked, skipped)


def _choose(presets):
    """Returns the names to rank, all of them known, and `{name: why}` of those to skip."""
    if presets is None:
        skipped = {name: _NO_WEIGHTS for name, info in list_presets().items() if info.weights == "download"}
        return [name for name in list_presets() if name not in skipped], skipped
    some = not isinstance(presets, str) and len(presets) > 0
    expect(some, "presets", "a sequence of at least one name", presets)
    for name in presets:
        find_preset(name, with_weights=False)
    return list(presets), {}


def _unique_parameters(model):
    # Scalars are switches and temperatures, no parameters: cards leave them out, too.
    return sum(math.prod(variable.shape) for variable in model.named_variables().values() if len(variable.shape))


def _sample(dataset, count):
    """Returns at most `count` images and their class indices, checked."""
    if is_arrays(dataset):
        # A random choice, since arrays are often sorted by class.
        images, labels = (as_array("dataset", part) for part in dataset[:2])
        expect(len(images) == len(labels), "dataset", "one label for each image", (len(images), len(labels)))
        rows = np.sort(np.random.default_rng(0).permutation(len(labels))[:count])
        images, labels = (np.asarray(keras.ops.convert_to_numpy(part))[rows] for part in (images, labels))
    else:
        images, labels = first_images(dataset, count, "dataset")
    shape = np.shape(images)
    expect(len(shape) == 4, "dataset", "images of shape (batch, height, width, channels)", shape)
    expect(len(images) > 1, "dataset", "at least two images, each with a label", len(images))
    return images_with_classes("dataset", (images, labels), shape[1:], "stretch")
