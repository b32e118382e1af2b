"""JPEG files in arrays: the first bad one is named, before any pixel is decoded where its header tells."""

import io

import numpy as np
import pytest
from PIL import Image

from training.data import load
from training.data.arrays import read_arrays


def file_of(size=(8, 8), kind="JPEG", mode="RGB"):
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], len(mode))).astype("uint8")
    Image.fromarray(noise.squeeze(), mode).save(buffer, kind)
    return buffer.getvalue()


def with_size(height, width):
    """A whole JPEG file whose header says another size."""
    content = bytearray(file_of())
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(content)


GOOD = file_of()
CUT = GOOD[:-20]


def save(folder, *files):
    offsets = np.cumsum([0, *map(len, files)])
    arrays = {"jpeg_train": np.frombuffer(b"".join(files), "uint8"), "offsets_train": offsets}
    np.savez(folder / "photos.npz", y_train=np.arange(len(files)), **arrays)
    return folder


def read(folder, **options):
    return read_arrays(folder, "photos", "train", **options)


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (CUT, "image file is truncated"),
        (b"text", "another kind of file"),
        (file_of(kind="PNG"), "another kind of file"),
        (with_size(65000, 65000), r"Image size \(4225000000 pixels\) exceeds limit"),
        (with_size(12000, 12000), r"Image size \(144000000 pixels\) exceeds limit"),
    ],
)
def test_a_bad_file_is_named(tmp_path, bad, found):
    with pytest.raises(ValueError, match=f"`jpeg_train`: expected a whole JPEG file, found {found}.*, as image 1"):
        read(save(tmp_path, GOOD, bad, GOOD))


def test_an_empty_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"`offsets_train`: expected offsets that ascend, found no bytes for image 1"):
        read(save(tmp_path, GOOD, b"", GOOD))


def test_sizes_are_compared_before_pixels_are_decoded(tmp_path):
    # The first body is broken too: it would be reported first if it were read.
    expected = "images of one size, 8 x 8 pixels as image 0, found 9000 x 9000 pixels in image 2"
    with pytest.raises(ValueError, match=expected):
        read(save(tmp_path, CUT, GOOD, with_size(9000, 9000)))


def test_grey_and_cmyk_become_rgb(tmp_path):
    images, _ = read(save(tmp_path, file_of(mode="L"), file_of(mode="CMYK"), GOOD))
    assert images.shape == (3, 8, 8, 3)


def test_bad_files_are_left_out_with_their_labels_and_listed(tmp_path):
    folder = save(tmp_path, GOOD, b"text", GOOD, CUT)
    with pytest.warns(UserWarning, match=r"2 of 4 .* out: image 1: another kind .*; image 3: image file is truncated"):
        images, labels = load("photos", "train", folder, skip_bad_images=2)
    assert labels.tolist() == [0, 2]
    np.testing.assert_array_equal(images[0], images[1])


def test_more_bad_files_than_may_be_left_out_are_listed(tmp_path):
    with pytest.raises(ValueError, match=r"expected at most 1 bad images, found 2: image 1: .*; image 3: "):
        read(save(tmp_path, GOOD, b"text", GOOD, CUT), skip_bad_images=1)


def test_bad_files_alone_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected at least one image, found none but bad ones: image 0"):
        read(save(tmp_path, b"text"), skip_bad_images=9)
