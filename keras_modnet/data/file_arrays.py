"""Image files that are indexed like an array: each is read when it is asked for, and kept while there is room."""

import math
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_modnet.checks import expect, expect_count, printable
from keras_modnet.data.image_files import fitted_files

MAX_KEPT_BYTES = 2**30
"""Bytes of images, as a model takes them, that are kept in memory; others are read from their files each time."""

_THREADS = 8
_SHOWN = 10


class ImageFiles:
    """Files of images as an array float32 `(n, *image_shape)`, read by `read_images`.

    Args:
        files: list of paths.
        image_shape: `(height, width, channels)`.
        resizing: as `read_images` takes it.
    """

    dtype = np.dtype("float32")

    def __init__(self, files, image_shape, resizing):
        self.files, self._image_shape, self._resizing = tuple(files), tuple(image_shape), resizing
        # By path, shared with parts of it.
        self._kept, self._room = {}, MAX_KEPT_BYTES // (4 * math.prod(image_shape))

    @property
    def shape(self):
        """Shape of the array."""
        return (len(self.files), *self._image_shape)

    def __len__(self):
        """Number of images."""
        return len(self.files)

    def __getitem__(self, rows):
        """Returns the images of some rows, an array of numbers or a slice."""
        images = []
        for image, error in self._read([self.files[row] for row in np.arange(len(self.files))[rows]]):
            if error is not None:
                raise error
            images.append(image)
        return np.stack(images)

    def take(self, rows):
        """Returns the `ImageFiles` of some rows; what is kept is kept once."""
        part = ImageFiles([self.files[row] for row in rows], self._image_shape, self._resizing)
        part._kept = self._kept
        return part

    def good_rows(self, skip_bad_images=0):
        """Reads every file once; returns the rows of those that are images, and what is wrong with the others.

        Args:
            skip_bad_images: how many may be none.

        Returns:
            `(rows, {file: what is wrong with it})`.

        Raises:
            ValueError: more are none; names them, and says what they are.
        """
        expect_count("skip_bad_images", skip_bad_images, minimum=0)
        errors = {}
        for row, (_, error) in enumerate(self._read(self.files)):
            if error is not None:
                if skip_bad_images == 0:
                    raise error
                errors[row] = printable(str(error))
        listed = " ".join(list(errors.values())[:_SHOWN]) + (" ..." if len(errors) > _SHOWN else "")
        few = len(errors) <= skip_bad_images
        expect(few, "skip_bad_images", f"at least the number of bad images, {len(errors)}: {listed}", skip_bad_images)
        rows = [row for row in range(len(self.files)) if row not in errors]
        expect(rows, "files", f"at least one image: {listed}", f"{len(errors)} bad ones")
        return np.array(rows), {self.files[row]: error for row, error in errors.items()}

    def _read(self, files):
        """Yields `(image, None)` or `(None, error)` of each file, in their order; several are read at a time."""
        if len(files) == 1 or all(file in self._kept for file in files):
            yield from map(self._one, files)
            return
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as threads:
            yield from threads.map(self._one, files)

    def _one(self, file):
        image = self._kept.get(file)
        if image is not None:
            return image, None
        try:
            [image] = fitted_files([(file, file)], self._image_shape, self._resizing)
        except ValueError as error:
            return None, error
        if len(self._kept) < self._room:
            self._kept[file] = image
        return image, None
