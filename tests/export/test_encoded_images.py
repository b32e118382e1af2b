"""Encoded images in a graph: the pixels that the host reads, and every row for itself."""

import resource
import struct
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_modnet.data.image_files import read_images
from keras_modnet.export.encoded_images import decode_images
from tests.data.made_pictures import FILES, HOST_FILES, NO_FILES, PALETTE, encoded, huge_png

SHAPE = (20, 24, 3)
# Of 255: resampled by NumPy and by TensorFlow.
ALIKE = 0.01


def graph(image_shape, resizing):
    strings = [tf.TensorSpec((None,), tf.string, name="image_bytes")]
    return tf.function(lambda rows: decode_images(rows, image_shape, resizing), input_signature=strings)


@pytest.fixture(scope="module")
def decode():
    return graph(SHAPE, "pad")


def test_every_kind_gives_the_pixels_of_the_host(decode):
    images, valid = decode(tf.constant(list(FILES.values())))
    assert valid.numpy().all()
    for name, image in zip(FILES, images.numpy(), strict=True):
        np.testing.assert_allclose(image, read_images(FILES[name], SHAPE, "pad")[0], atol=ALIKE, err_msg=name)


def test_a_transparent_colour_of_colours_of_its_own_is_white(decode):
    # The first picture of an animation whose pictures have palettes each.
    content = encoded(PALETTE, "GIF", transparency=3, save_all=True, append_images=[PALETTE.rotate(180)])
    images, valid = decode(tf.constant([content]))
    assert valid.numpy().all()
    np.testing.assert_allclose(images[0], read_images(content, SHAPE, "pad")[0], atol=ALIKE)


def test_rows_that_cannot_be_read_are_zeros_and_leave_the_others_alone(decode):
    bad = [*NO_FILES, *HOST_FILES.values()]
    rows = [part for content in bad for part in (content, FILES["PNG"])]
    images, valid = decode(tf.constant(rows))
    assert valid.numpy().tolist() == [False, True] * len(bad)
    assert not images.numpy()[::2].any()
    expected = read_images(FILES["PNG"], SHAPE, "pad")
    np.testing.assert_allclose(images.numpy()[1::2], np.repeat(expected, len(bad), axis=0), atol=ALIKE)


def patched(content, place, values):
    return content[:place] + values + content[place + len(values) :]


def test_headers_that_say_too_much_cost_no_memory(decode):
    jpeg = FILES["JPEG"].index(b"\xff\xc0") + 5
    huge = [
        patched(FILES["JPEG"], jpeg, struct.pack(">HH", 65_000, 65_000)),
        patched(FILES["GIF"], 6, struct.pack("<HH", 65_000, 65_000)),
        patched(FILES["BMP"], 18, struct.pack("<ii", 65_000, -65_000)),
        patched(FILES["lossless WebP"], 21, struct.pack("<I", 2**28 - 1)),
        patched(FILES["WebP"], 26, struct.pack("<HH", 2**14 - 1, 2**14 - 1)),
        huge_png(9_000, 9_000),
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, valid = decode(tf.constant(huge))
    assert not valid.numpy().any()
    # Kilobytes; the smallest of the pictures would take 324 million bytes.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_rows_keep_their_places(decode):
    grey = [encoded(Image.new("L", (9, 9), value), "PNG") for value in range(0, 200, 5)]
    images, valid = decode(tf.constant(grey))
    assert valid.numpy().all()
    np.testing.assert_allclose(images[:, 10, 12, 0], np.arange(0, 200, 5), atol=ALIKE)


def test_a_batch_may_be_empty(decode):
    images, valid = decode(tf.constant([], tf.string))
    assert (images.shape, valid.shape) == ((0, *SHAPE), (0,))
    images, valid = decode(tf.constant([b"none"]))
    assert (images.numpy().any(), valid.numpy().tolist()) == (False, [False])


def test_channels_that_files_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="`image_shape` must be of one or three channels"):
        decode_images(tf.constant([b""]), (4, 4, 4), "pad")


READ = """
import sys
sys.modules["keras"] = sys.modules["keras_modnet"] = None
import numpy as np, tensorflow as tf
module = tf.saved_model.load(sys.argv[1])
rows = tf.constant([open(name, "rb").read() for name in sys.argv[2:]])
answers = module.signatures["serving_default"](image_bytes=rows)
np.savez(sys.argv[1] + "/answers.npz", **{name: value.numpy() for name, value in answers.items()})
"""


def test_it_runs_from_a_file_without_keras_and_without_this_package(tmp_path):
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def served(image_bytes):
        images, valid = decode_images(image_bytes, (28, 28, 1), "crop")
        return {"images": images, "valid": valid}

    module = tf.Module()
    module.served = served
    tf.saved_model.save(module, str(tmp_path), served)
    # The graph goes with every model that is served.
    assert (tmp_path / "saved_model.pb").stat().st_size < 120_000
    files = [tmp_path / "a.jpg", tmp_path / "b.png", tmp_path / "c.gif"]
    for file, content in zip(files, (FILES["JPEG held as 6"], b"no image", FILES["GIF"]), strict=True):
        file.write_bytes(content)
    subprocess.run([sys.executable, "-c", READ, str(tmp_path), *map(str, files)], check=True, capture_output=True)
    answers = np.load(tmp_path / "answers.npz")
    assert answers["valid"].tolist() == [True, False, True]
    expected = read_images(files[::2], (28, 28, 1), "crop")
    np.testing.assert_allclose(answers["images"][::2], expected, atol=ALIKE)
