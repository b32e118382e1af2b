"""JPEG files in an array file: headers are read first, then pixels, and a bad one is named."""

import io
import warnings

import numpy as np

from keras_modnet.checks import expect_count

SHOWN = 10


class JpegArray:
    """The JPEG files of one split, one after the other in one array.

    Args:
        file: the open array file, which names itself in errors.
        split: the end of the arrays' names.

    Raises:
        ValueError: arrays of another form.
        ImportError: Pillow is not installed.
    """

    def __init__(self, file, split):
        self.file, self.name = file, f"jpeg_{split}"
        self.data, self.offsets = _read(file, self.name, f"offsets_{split}")
        try:
            from PIL import Image
        except ImportError as error:
            message = f"{file.path} holds JPEG images: `pip install keras_modnet[train]` brings Pillow."
            raise ImportError(message) from error
        self.pillow = Image

    def __len__(self):
        """Number of files."""
        return len(self.offsets) - 1

    def decoded(self, skip_bad_images=0):
        """Decodes all files, when the headers of all of them have been found to be in order.

        Args:
            skip_bad_images: how many bad files may be left out; a warning lists them.

        Returns:
            A pair: images, uint8 `(n, height, width, 3)`, and whether each file was decoded, bool `(len(self),)`.

        Raises:
            ValueError: more bad files, or images of several sizes; the message names the first ones, what was expected
                and what was found.
        """
        expect_count("skip_bad_images", skip_bad_images, minimum=0)
        with warnings.catch_warnings():
            # Pillow only warns of an image that is twice as large as it should be.
            warnings.simplefilter("error", self.pillow.DecompressionBombWarning)
            sizes, bad, pixels = {}, {}, {}
            for index in range(len(self)):
                self._attempt(sizes, bad, index, lambda image: image.size, skip_bad_images)
            self._expect_one_size(sizes)
            for index in sizes:
                self._attempt(pixels, bad, index, lambda image: np.asarray(image.convert("RGB")), skip_bad_images)
        self.file.expect(pixels, self.name, "at least one image", f"none but bad ones: {_listed(bad)}")
        if bad:
            warnings.warn(f"{self.file.path}: {len(bad)} of {len(self)} images left out: {_listed(bad)}", stacklevel=2)
        return np.stack(list(pixels.values())), np.isin(np.arange(len(self)), list(pixels))

    def _attempt(self, results, bad, index, read, allowed):
        """Puts what was read of one file among the results, or what is wrong with it among the bad ones."""
        content = self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()
        pillow = self.pillow
        try:
            with pillow.open(io.BytesIO(content), formats=("JPEG",)) as image:
                results[index] = read(image)
            return
        # Pillow reports what is cut off or damaged by any of these.
        except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError, pillow.DecompressionBombWarning) as e:
            error, bad[index] = e, _words(e)
        if len(bad) > allowed:
            wanted = "a whole JPEG file"
            found = f"{bad[index]}, as image {index}"
            if allowed:
                wanted, found = f"at most {allowed} bad images", f"{len(bad)}: {_listed(bad)}"
            raise ValueError(self.file.message(self.name, wanted, found)) from error

    def _expect_one_size(self, sizes):
        first = next(iter(sizes), None)
        for index, (width, height) in sizes.items():
            same = sizes[index] == sizes[first]
            wanted = f"images of one size, {sizes[first][1]} x {sizes[first][0]} pixels as image {first}"
            self.file.expect(same, self.name, wanted, f"{height} x {width} pixels in image {index}")


def _read(file, name, offsets_name):
    data, offsets = file.read(name), file.read(offsets_name)
    file.expect(data.ndim == 1 and data.dtype == np.uint8, name, "uint8 of rank 1", f"{data.dtype} {data.shape}")
    is_list = offsets.ndim == 1 and np.issubdtype(offsets.dtype, np.integer)
    file.expect(is_list, offsets_name, "integers of rank 1", f"{offsets.dtype} {offsets.shape}")
    file.expect(offsets.size > 1, offsets_name, "at least two offsets, for one image", f"{offsets.size}")
    file.expect(offsets[0] >= 0, offsets_name, "offsets from 0 upward", f"{offsets[0]}")
    # Compared, not subtracted: differences of unsigned offsets would wrap around.
    falling = np.flatnonzero(offsets[1:] <= offsets[:-1])
    found = f"no bytes for image {falling[0]}" if falling.size else ""
    file.expect(not falling.size, offsets_name, "offsets that ascend", found)
    file.expect(offsets[-1] <= data.size, offsets_name, f"offsets up to {data.size}", str(offsets[-1]))
    return data, offsets


def _words(error):
    text = str(error)
    # Pillow prints the address of the object that it could not read.
    return "another kind of file, or a damaged header" if "cannot identify" in text else text


def _listed(bad):
    shown = sorted(bad.items())[:SHOWN]
    return "; ".join(f"image {index}: {words}" for index, words in shown) + ("; ..." if len(bad) > SHOWN else "")
