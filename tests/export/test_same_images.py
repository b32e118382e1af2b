"""A picture of any size becomes the same image on every way to a model."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_modnet
from keras_modnet.adaptation.domains.batches import checked_sources
from keras_modnet.adaptation.domains.unlabelled import read_unlabelled
from keras_modnet.data.arrays import images_with_classes, labelled_arrays
from keras_modnet.export.encoded_images import decode_images
from training.data import to_shape

# Letters of a small size, sizes that nothing divides, ones that are much larger, and the model's own.
SIZES = ((16, 8), (7, 31), (75, 53), (28, 90), (28, 28), (1, 1))
RESIZINGS = ("stretch", "pad", "crop", {"mode": "crop", "short_side": 32, "interpolation": "bicubic"})


@pytest.fixture(scope="module")
def letters():
    """Strokes, white on black, of each size: uint8 `(H, W, 1)`."""
    rng = np.random.default_rng(0)
    letters = [255 * (rng.random((*size, 1)) < 0.3).astype("uint8") for size in SIZES]
    for pixels in letters:
        # Not black throughout, which a model would warn of.
        pixels[0, 0] = pixels[-1, -1] = pixels[len(pixels) // 2, len(pixels[0]) // 2] = 255
    return letters


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0]).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("resizing", RESIZINGS, ids=str)
def test_all_ways_lead_to_the_same_image(make_model, letters, resizing, channels):
    shape = (28, 28, channels)
    model = make_model(compiled=False, image_shape=shape, patch_size=4, resizing=resizing)
    encoded = tf.constant([png(pixels) for pixels in letters])
    in_graph, valid = tf.function(lambda rows: decode_images(rows, shape, model.resizing))(encoded)
    assert valid.numpy().all()
    from_files = keras_modnet.read_images([png(pixels) for pixels in letters], shape, model.resizing)
    for index, pixels in enumerate(letters):
        images, labels = np.stack([pixels] * 2), np.array([0, 1])
        ways = {
            "training": to_shape(images, shape, model.resizing),
            "fit_images": keras_modnet.fit_images(images, shape, model.resizing),
            "adapt_task": labelled_arrays(model.task("digits").expected(), (images, labels), "train_data")[0],
            "rank_presets": images_with_classes("data", (images, labels), shape, model.resizing)[0],
            "adapt_domain": read_unlabelled(images, 5, shape, model.resizing),
            "fit_domains": checked_sources(model, "digits", {"a": (images, labels)})["a"][0],
            "files": from_files[[index]],
            "export": in_graph.numpy()[[index]],
        }
        for name, way in ways.items():
            difference = np.abs(way[0].astype("float32") - ways["files"][0]).max()
            assert difference < 1.0, f"{name}: {difference} of 255 in a picture of {SIZES[index]}"
