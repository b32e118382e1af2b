"""Digits of printed fonts in random colours, drawn by the project itself: a domain beside handwritten ones."""

import functools
import pathlib

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

# Faces that ship with matplotlib and have upright digits.
FACES = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-BoldOblique",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralBolIta",
    "cmr10",
    "cmss10",
    "cmtt10",
)
SIDE = 32
# Drawn this many times larger, then shrunk, so that turned edges are smooth.
SCALE = 2
LEAST_CONTRAST = 80


def synthetic_digits(count, seed):
    """Draws digits: each in a face, size, place, angle and two colours of its own, blurred and noisy.

    Args:
        count: images; every digit is drawn equally often, up to one.
        seed: whole number that fixes everything.

    Returns:
        Images, uint8 `(count, 32, 32, 3)`, and labels, int32 `(count,)`, in random order.
    """
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.arange(count) % 10).astype("int32")
    images = np.empty((count, SIDE, SIDE, 3), "uint8")
    for index, label in enumerate(labels):
        images[index] = _draw(str(label), generator)
    return images, labels


def _draw(text, generator):
    share = _mask(text, generator)[..., None]
    ink, paper = _colours(generator)
    image = paper + share * (ink - paper)
    image += generator.normal(0, generator.uniform(0, 20), image.shape)
    return np.clip(np.rint(image), 0, 255).astype("uint8")


def _mask(text, generator):
    """Returns how much of each pixel is ink, `(SIDE, SIDE)` from 0 to 1."""
    canvas = Image.new("L", (SIDE * SCALE, SIDE * SCALE))
    height = generator.uniform(0.55, 0.95) * SIDE * SCALE
    # Figures are about seven tenths as high as the size of their font.
    font = _font(FACES[generator.integers(len(FACES))], round(height / 0.72))
    middle = SIDE * SCALE / 2 + generator.uniform(-0.12, 0.12, 2) * SIDE * SCALE
    ImageDraw.Draw(canvas).text(tuple(middle), text, fill=255, font=font, anchor="mm")
    turned = canvas.rotate(generator.uniform(-20, 20), Image.Resampling.BILINEAR, center=tuple(middle))
    blurred = turned.filter(ImageFilter.GaussianBlur(generator.uniform(0, 2)))
    return np.asarray(blurred.resize((SIDE, SIDE), Image.Resampling.BOX), "float64") / 255


@functools.cache
def _font(face, size):
    folder = pathlib.Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / f"{face}.ttf", size)


def _colours(generator):
    """Returns two colours whose mean channels are far enough apart to be read."""
    while True:
        ink, paper = generator.uniform(0, 255, (2, 3))
        if abs(ink.mean() - paper.mean()) >= LEAST_CONTRAST:
            return ink, paper
