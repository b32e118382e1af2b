"""Folders of made-up photographs, each of one value by which it is known."""

import numpy as np
from PIL import Image

SHAPE = (4, 4, 3)


def make_folder(folder, classes):
    """Writes `{class: number of pictures}` into folders; the value of a picture is 100 x its class + 10 x its place.

    Classes are counted in sorted order. Pictures have sizes of their own.
    """
    folder.mkdir(exist_ok=True)
    for index, name in enumerate(sorted(classes)):
        (folder / name).mkdir()
        for place in range(classes[name]):
            pixels = np.full((5 + place, 6, 3), 100 * index + 10 * place, "uint8")
            Image.fromarray(pixels).save(folder / name / f"{place}.png")
    return folder
