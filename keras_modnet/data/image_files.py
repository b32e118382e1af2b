"""Image files as the images that a model takes: read by Pillow, as a person sees them, and as a model was trained."""

import io
import os
import warnings

import numpy as np

from keras_modnet.checks import expect, printable
from keras_modnet.converters.regular_files import open_regular, read_exactly
from keras_modnet.data.image_kinds import MAX_PIXELS, MAX_SIDE, READABLE, fault_of
from keras_modnet.data.orientation import orientation_of, turned
from keras_modnet.data.resizing import fit_images

CHANNELS = (1, 3)
"""Channels of the models whose images files can hold: grey, and colour."""

MAX_BYTES = 2**28
"""Largest file that is read."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")


def read_images(files, image_shape, resizing):
    """Reads image files of any size as the images that a model takes.

    JPEG (also CMYK), PNG, GIF and WebP (of animations the first picture) and BMP are read. Pictures are turned as their
    EXIF orientation says, transparency is put on white, 16 bits become their upper 8.

    Args:
        files: a path, the bytes of a file, or a sequence of them.
        image_shape: `(height, width, channels)`, of one or three channels: `model.image_shape`.
        resizing: `model.resizing`, or another one as `ModNet` takes it.

    Returns:
        float32 `(n, *image_shape)`, values from 0 to 255.

    Raises:
        ValueError: a file that is no whole image of these kinds, or larger than `MAX_PIXELS`; the message names it,
            what was expected and what was found. Or no files.
        ImportError: Pillow is not installed.

    Example:
        images = keras_modnet.read_images(["a.jpg", "b.png"], model.image_shape, model.resizing)
    """
    return fitted_files(named_files(files), image_shape, resizing)


def fitted_files(named, image_shape, resizing):
    """Returns images as `read_images` does, of what `named_files` returned."""
    expect(image_shape[-1] in CHANNELS, "image_shape", "of one or three channels", image_shape)
    images = [fit_images(read_image(*one)[None], image_shape, resizing) for one in named]
    return np.concatenate(images, dtype="float32")


def named_files(files):
    """Returns `[(file, what to call it in errors)]` of what `read_images` takes."""
    if isinstance(files, str | bytes | bytearray | memoryview | os.PathLike):
        files = [files]
    listed = isinstance(files, list | tuple) and len(files) > 0
    expect(listed, "files", "a path, the bytes of a file, or a sequence of at least one of them", files)
    for index, file in enumerate(files):
        is_one = isinstance(file, str | bytes | bytearray | memoryview | os.PathLike)
        expect(is_one, f"files[{index}]", "a path or the bytes of a file", type(file).__name__)
    paths = [isinstance(file, str | os.PathLike) for file in files]
    return [
        (os.fspath(file), os.fspath(file)) if path else (bytes(file), f"files[{index}]")
        for index, (file, path) in enumerate(zip(files, paths, strict=True))
    ]


def read_image(file, name):
    """Reads one image file.

    Args:
        file: its path, or its bytes.
        name: what to call it in errors.

    Returns:
        uint8 `(H, W, 3)`.

    Raises:
        ValueError: it is no whole image that is read here, or too large; names it and says what it is.
        ImportError: Pillow is not installed.
    """
    pillow = _pillow()
    content = file if isinstance(file, bytes) else _read(file)
    try:
        with warnings.catch_warnings():
            # Pillow warns of what is refused below.
            warnings.simplefilter("ignore", pillow.DecompressionBombWarning)
            with pillow.open(io.BytesIO(content), formats=_FORMATS) as image:
                columns, rows = image.size
                small = max(rows, columns) <= MAX_SIDE and rows * columns <= MAX_PIXELS
                if small:
                    return turned(_pixels(image), orientation_of(content))
    except pillow.DecompressionBombError as error:
        raise _error(name, f"an image of at most {MAX_PIXELS:,} pixels", "one of more") from error
    # Pillow reports damage by whatever error it comes across.
    except Exception as error:
        raise _error(name, READABLE, fault_of(content)) from error
    raise _error(name, f"an image of at most {MAX_PIXELS:,} pixels", f"one of {rows:,} x {columns:,}")


def _pixels(image):
    """Returns an open image of Pillow's as uint8 `(H, W, 3)`."""
    image.load()
    if image.mode.startswith("I"):
        # Grey of 16 bits.
        return np.repeat((np.asarray(image) >> 8).astype("uint8")[..., None], 3, axis=-1)
    if not image.has_transparency_data:
        return np.asarray(image.convert("RGB"))
    pixels = np.asarray(image.convert("RGBA")).astype("uint16")
    colours, opacity = pixels[..., :3], pixels[..., 3:]
    return ((colours * opacity + 255 * (255 - opacity) + 127) // 255).astype("uint8")


def _read(path):
    with open_regular(path, _error) as (file, size):
        if size > MAX_BYTES:
            raise _error(path, f"a file of at most {MAX_BYTES:,} bytes", f"{size:,} bytes")
        return read_exactly(path, file, size, _error)


def _error(name, expected, found):
    return ValueError(f"{printable(str(name))}: expected {printable(expected)}; found {printable(found)}.")


def _pillow():
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Image files are read by Pillow: `pip install keras_modnet[images]` brings it.") from error
    return Image
