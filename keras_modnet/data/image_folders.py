"""A folder of images, a folder a class, as a dataset that `fit`, `evaluate` and `adapt_task` take."""

import copy
import warnings

import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.augmentation import augmentation as make_augmentation
from keras_modnet.data.file_arrays import ImageFiles
from keras_modnet.data.image_lists import held_out_rows, is_path, list_images


class ImageFolder(ArrayBatches):
    """Batches of the images in a folder with a folder for each class, in a new order each epoch.

    Files are listed as Keras lists them: the folders of the classes by name, their files by path, with those in folders
    inside of them; names that begin with a dot are left out. Each is read by `read_images`, as the model's own rule
    says: once beforehand, so that a file that is no image is named before anything trains, then a batch at a time.
    Images are kept in memory up to 1 GiB (`data.file_arrays.MAX_KEPT_BYTES`).

    Args:
        folder: its path: `photos/` with `photos/cat/1.jpg`, `photos/dog/7.png` and so on.
        image_shape: `(height, width, channels)`: `model.image_shape`.
        resizing: `model.resizing`.
        class_names: names of the classes in the order of their labels, `model.class_names[task]` of a task that has
            some; default the names of the folders, sorted.
        batch_size: images in a batch.
        seed: fixes the order of the images and what augmentation draws.
        augmentation: random changes of training images: "shift", "crop_flip", "resized_crop", "randaugment", or layers
            of Keras, as `data.augmentation.augmentation` takes them; None: none.
        skip_bad_images: how many files that are no images may be left out, with one warning.

    Attributes:
        files: paths of the images, in the order of the labels.
        labels: int64 `(n,)`.
        class_names: tuple of texts.
        skipped: `{path: what is wrong with it}` of the files that were left out.

    Raises:
        ValueError: no such folder, no folder or one alone in it, one of no class or without files, a file that is no
            image; the message names it. Or a wrong setting.
        ImportError: Pillow is not installed.

    Example:
        photos = keras_modnet.ImageFolder("photos/", model.image_shape, model.resizing)
        train, validation = photos.split(0.2)
        model.task("birds").fit(train, validation_data=validation, epochs=5)
    """

    def __init__(
        self,
        folder,
        image_shape,
        resizing,
        class_names=None,
        batch_size=32,
        seed=0,
        augmentation=None,
        skip_bad_images=0,
    ):
        expect(is_path(folder), "folder", "the path of a folder", type(folder).__name__)
        augment = None
        if augmentation is not None:
            augment = make_augmentation(augmentation, image_shape, seed, "augmentation")
        names, files, labels = list_images(folder, class_names)
        images = ImageFiles(files, image_shape, resizing)
        rows, self.skipped = images.good_rows(skip_bad_images)
        left = np.setdiff1d(labels, labels[rows])
        expect(len(left) == 0, "folder", "one with a whole image of each class", [names[label] for label in left])
        if self.skipped:
            warnings.warn(_words(folder, self.skipped), stacklevel=2)
        super().__init__(images.take(rows), labels[rows], batch_size=batch_size, seed=seed, augment=augment)
        self.folder, self.class_names = str(folder), names

    @property
    def files(self):
        """Paths of the images."""
        return self.arrays[0].files

    @property
    def labels(self):
        """Label of each image."""
        return self.arrays[1]

    def counts(self):
        """Returns `{name of a class: number of its images}`."""
        counts = np.bincount(self.labels, minlength=len(self.class_names))
        return {name: int(count) for name, count in zip(self.class_names, counts, strict=True)}

    def split(self, share=0.2, seed=0):
        """Returns two such datasets: of every class a share of the images is held out, drawn from the seed.

        Args:
            share: over 0 and under 1; of each class at least one image is held out, and one kept.
            seed: fixes which.

        Returns:
            `(train, validation)`; the latter is neither augmented nor shuffled.

        Raises:
            ValueError: another share, or a class with one image.
        """
        kept, held = held_out_rows(self.labels, share, seed)
        return self._part(kept, self.augment, self.shuffles), self._part(held, None, False)

    def in_order(self):
        """Returns the same images, neither augmented nor shuffled."""
        return self._part(np.arange(len(self.labels)), None, False)

    def _part(self, rows, augment, shuffles):
        part = copy.copy(self)
        part.arrays = (self.arrays[0].take(rows), self.labels[rows])
        part.augment, part.shuffles = augment, shuffles
        part.set_epoch(0)
        return part

    def expect_for(self, expected, argument):
        """Raises `ValueError` unless a task can take these images and labels.

        Args:
            expected: `Expected` of one task.
            argument: what the folder is called in errors.
        """
        expected.expect_classes()
        [task], shape = expected.tasks, self.arrays[0].shape[1:]
        expect(shape == tuple(expected.image_shape), argument, f"images of shape {expected.image_shape}", shape)
        names, count = expected.class_names.get(task), expected.num_classes[task]
        if names is not None:
            hint = f"read with class_names=model.class_names[{task!r}], which are {_few(names)}"
            expect(self.class_names == tuple(names), argument, hint, _few(self.class_names))
        enough = f"a folder of the {count} classes of the task {task}"
        expect(len(self.class_names) == count, argument, enough, _few(self.class_names))


def opened(expected, data, argument, **options):
    """Returns an `ImageFolder` for a path, and any other data as they are.

    Args:
        expected: `Expected`.
        data: anything; the path of a folder, as text or a path object, is read for the one task.
        argument: what the data are called in errors.
        **options: further ones of `ImageFolder`.

    Raises:
        ValueError: as `ImageFolder`; a folder where images are keyed by task; classes that are not the task's.
    """
    if not is_path(data):
        return data
    expect(not expected.keyed, argument, "a dict by task, or a folder for the model of one task", str(data))
    expected.expect_classes()
    [task] = expected.tasks
    names = expected.class_names.get(task)
    folder = ImageFolder(data, expected.image_shape, expected.resizing, names, **options)
    folder.expect_for(expected, argument)
    return folder


def _few(names):
    return f"{', '.join(names[:10])}{', ...' if len(names) > 10 else ''}"


def _words(folder, skipped):
    first = " ".join(list(skipped.values())[:10])
    return f"{folder}: left out, as no whole image, {len(skipped)} of the files: {first}"
