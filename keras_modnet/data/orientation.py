"""How a camera was held: EXIF's orientation, found in a file's bytes, by one pattern on the host and in a graph."""

import re

import numpy as np

WINDOW = 2**16
"""EXIF is looked for in so many bytes at the beginning of a file, where JPEG and PNG have it, and at its end: WebP."""

# What marks EXIF in JPEG, PNG and WebP (which says its length there); the header of a TIFF file; how many entries there
# are; entries of twelve bytes; the one of the orientation: its tag, that it is one short number, its value.
_MARK = r"(?:Exif\x00\x00|eXIf|EXIF{any}{any}{any}{any})"
_LITTLE = r"II\*\x00\x08\x00\x00\x00{any}{any}(?:{any}{{12}}){{0,64}}?\x12\x01\x03\x00\x01\x00\x00\x00([\x01-\x08])\x00"
_BIG = r"MM\x00\*\x00\x00\x00\x08{any}{any}(?:{any}{{12}}){{0,64}}?\x01\x12\x00\x03\x00\x00\x00\x01\x00([\x01-\x08])"
PATTERN = f"{_MARK}(?:{_LITTLE}|{_BIG})"
"""Regular expression, to be formatted with what stands for `any` byte; the value is in one of two groups."""

# By the value: whether a picture is to be transposed, then to be put upside down, then to be mirrored.
TURNS = np.array([[value in (5, 6, 7, 8), value in (3, 4, 7, 8), value in (2, 3, 6, 7)] for value in range(9)])

_COMPILED = re.compile(PATTERN.format(any=".").encode(), re.DOTALL)


def orientation_of(content):
    """Returns EXIF's orientation, from 1 to 8; 1, as it should be, where a file says none.

    Args:
        content: the bytes of an image file.
    """
    found = _COMPILED.search(content if len(content) <= 2 * WINDOW else content[:WINDOW] + content[-WINDOW:])
    return 1 if found is None else ord(found[1] or found[2])


def turned(pixels, orientation):
    """Returns a picture as a person sees it.

    Args:
        pixels: NumPy array `(H, W, C)`.
        orientation: EXIF's value.
    """
    transposed, upside_down, mirrored = TURNS[orientation]
    pixels = pixels.transpose(1, 0, 2) if transposed else pixels
    return pixels[:: -1 if upside_down else 1, :: -1 if mirrored else 1]
