"""The array format is read whole, or refused with the file, the array, what was expected and what was found."""

import io
import pathlib

import numpy as np
import pytest
from PIL import Image

from training.data.arrays import read_arrays


def save(folder, **arrays):
    np.savez(folder / "glyphs.npz", **arrays)
    return folder


def good(**changes):
    images = np.arange(3 * 4 * 2, dtype="uint8").reshape(3, 4, 2)
    return {"x_train": images, "y_train": np.array([2, 0, 1], "uint8"), **changes}


def jpeg(*colours):
    """The bytes of one 8 x 8 image a colour, and their offsets."""
    files = []
    for colour in colours:
        buffer = io.BytesIO()
        Image.new("RGB" if isinstance(colour, tuple) else "L", (8, 8), colour).save(buffer, "JPEG")
        files.append(buffer.getvalue())
    return np.frombuffer(b"".join(files), "uint8"), np.cumsum([0, *map(len, files)])


def test_greyscale_images_get_a_channel_axis_and_labels_become_int32(tmp_path):
    images, labels = read_arrays(save(tmp_path, **good()), "glyphs", "train")
    np.testing.assert_array_equal(images, good()["x_train"][..., np.newaxis])
    np.testing.assert_array_equal(labels, [2, 0, 1])
    assert (images.dtype, labels.dtype) == (np.uint8, np.int32)


def test_images_with_channels_stay_as_they_are(tmp_path):
    coloured = np.zeros((3, 4, 2, 3), "uint8")
    images, _ = read_arrays(save(tmp_path, **good(x_train=coloured)), "glyphs", "train")
    assert images.shape == (3, 4, 2, 3)


def test_a_domain_is_the_prefix_of_its_arrays(tmp_path):
    arrays = good(photo_x_train=np.full((1, 2, 2), 7, "uint8"), photo_y_train=np.array([5]))
    images, labels = read_arrays(save(tmp_path, **arrays), "glyphs", "train", domain="photo")
    assert images.shape == (1, 2, 2, 1)
    assert labels.tolist() == [5]


def test_jpeg_images_are_parted_by_their_offsets_and_become_rgb(tmp_path):
    data, offsets = jpeg((200, 100, 50), 90)
    arrays = {"jpeg_test": data, "offsets_test": offsets, "y_test": np.array([1, 0])}
    images, labels = read_arrays(save(tmp_path, **arrays), "glyphs", "test")
    assert (images.shape, images.dtype) == ((2, 8, 8, 3), np.uint8)
    np.testing.assert_allclose(images[0, 4, 4], [200, 100, 50], atol=3)  # JPEG rounds
    np.testing.assert_allclose(images[1, 4, 4], 90, atol=3)
    assert labels.tolist() == [1, 0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"folder that holds glyphs\.npz\. Received: "):
        read_arrays(tmp_path, "glyphs", "train")


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    pathlib.Path(tmp_path, "glyphs.npz").write_bytes(b"not an archive")
    with pytest.raises(ValueError, match=r"glyphs\.npz: expected an \.npz archive"):
        read_arrays(tmp_path, "glyphs", "train")


def test_a_damaged_array_is_refused(tmp_path):
    path = save(tmp_path, **good(x_train=np.zeros((3, 64, 64), "uint8"))) / "glyphs.npz"
    content = bytearray(path.read_bytes())
    content[2000] ^= 255  # inside x_train, the first and by far the largest array
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"array `x_train`: expected a whole numpy array .* found Bad CRC-32"):
        read_arrays(tmp_path, "glyphs", "train")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": np.zeros((3, 4), "uint8")}, r"`x_train`: expected `\(n, height, width\)` .* found shape \(3, 4\)"),
        ({"x_train": np.zeros((0, 4, 2), "uint8")}, r"`x_train`: expected .* none of them 0, found shape \(0, 4, 2\)"),
        ({"x_train": np.zeros((3, 4, 2))}, r"`x_train`: expected uint8, found float64"),
        ({"x_train": np.array([None] * 3)}, r"`x_train`: expected .* without Python objects, found Object arrays"),
        ({"y_train": np.zeros((3, 1), "uint8")}, r"`y_train`: expected rank 1, `\(n,\)`, found shape \(3, 1\)"),
        ({"y_train": np.zeros(3)}, r"`y_train`: expected integers, found float64"),
        ({"y_train": np.zeros(0, "uint8")}, r"`y_train`: expected at least one label, found none"),
        ({"y_train": np.array([0, -1, 2])}, r"`y_train`: expected labels from 0 upward, found -1"),
        ({"y_train": np.array([0, 2**31, 2])}, r"`y_train`: expected labels that int32 holds, found 2147483648"),
        ({"y_train": np.zeros(2, "uint8")}, r"`y_train`: expected 3 labels, one for each image, found 2 labels"),
    ],
)
def test_an_array_of_another_form_is_refused(tmp_path, changes, message):
    with pytest.raises(ValueError, match=r"glyphs\.npz, array " + message):
        read_arrays(save(tmp_path, **good(**changes)), "glyphs", "train")


@pytest.mark.parametrize(
    ("split", "domain", "missing"), [("test", None, "y_test"), ("train", "photo", "photo_y_train")]
)
def test_a_missing_array_is_named_with_those_that_are_there(tmp_path, split, domain, missing):
    with pytest.raises(ValueError, match=rf"array `{missing}`: expected this array, found only x_train, y_train\."):
        read_arrays(save(tmp_path, **good()), "glyphs", split, domain)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"jpeg_test": np.zeros(9)}, r"`jpeg_test`: expected uint8 of rank 1, found float64 \(9,\)"),
        ({"offsets_test": np.array([0.0, 1.0])}, r"`offsets_test`: expected integers of rank 1, found float64 \(2,\)"),
        ({"offsets_test": np.array([0])}, r"`offsets_test`: expected at least two offsets, for one image, found 1"),
        ({"offsets_test": np.array([5, 2], "uint32")}, r"`offsets_test`: expected offsets that ascend"),
        ({"offsets_test": np.array([-1, 2])}, r"`offsets_test`: expected offsets from 0 upward, found -1"),
        ({"offsets_test": np.array([0, 10**6])}, r"`offsets_test`: expected offsets up to \d+, found 1000000"),
        (
            {"offsets_test": np.array([1, 99])},
            r"`jpeg_test`: expected a whole JPEG file, found .*, as image 0",
        ),
    ],
)
def test_jpeg_arrays_of_another_form_are_refused(tmp_path, changes, message):
    data, offsets = jpeg(90)
    arrays = {"jpeg_test": data, "offsets_test": offsets, "y_test": np.array([1]), **changes}
    with pytest.raises(ValueError, match=r"glyphs\.npz, array " + message):
        read_arrays(save(tmp_path, **arrays), "glyphs", "test")
