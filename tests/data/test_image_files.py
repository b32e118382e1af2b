"""Image files come as a person sees them, and what is no image is named and told what it is."""

import io
import os
import resource
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from keras_modnet.data.image_files import read_image, read_images
from keras_modnet.data.orientation import WINDOW, orientation_of
from tests.data.made_pictures import FILES, HOST_FILES, NO_FILES, PALETTE, PIXELS, RGB, RGBA, encoded, huge_png


def pixels_of(name, files=FILES):
    return read_image(files[name], name).astype(int)


@pytest.mark.parametrize("name", [*FILES, *HOST_FILES])
def test_every_kind_gives_pixels_of_three_channels(name):
    pixels = read_image((FILES | HOST_FILES)[name], name)
    assert (pixels.dtype, pixels.ndim, pixels.shape[-1]) == (np.uint8, 3, 3)
    assert set(pixels.shape[:2]) == {30, 45}


@pytest.mark.parametrize("name", ["PNG", "BMP", "BMP of 32 bits", "lossless WebP"])
def test_what_loses_nothing_gives_the_pixels(name):
    np.testing.assert_array_equal(pixels_of(name), PIXELS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("way", range(1, 9))
def test_a_picture_is_turned_as_pillow_turns_it(kind, way):
    content = encoded(RGB, kind, way)
    assert orientation_of(content) == way
    with Image.open(io.BytesIO(content)) as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    np.testing.assert_array_equal(read_image(content, kind), upright)


def test_orientation_is_found_in_either_order_of_bytes_and_not_made_up():
    little = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + b"\x0f\x01" + bytes(10) + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
    big = b"eXIfMM\0*\0\0\0\x08\0\x02\x01\x0f" + bytes(10) + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    assert orientation_of(little) == orientation_of(b"x" * 3 + big) == 6
    # Beside the twelve bytes of an entry, of a value that is none, and without what marks EXIF.
    assert orientation_of(little.replace(b"\x12\x01\x03", b"\0\x12\x01\x03")) == 1
    assert orientation_of(little.replace(b"\x06", b"\x09")) == 1
    assert orientation_of(little[6:]) == 1
    # At the end of a long file, and where nobody looks.
    assert orientation_of(bytes(3 * WINDOW) + big) == 6
    assert orientation_of(bytes(2 * WINDOW) + big + bytes(2 * WINDOW)) == 1


def test_transparency_is_put_on_white():
    opacity = np.asarray(RGBA)[..., 3:].astype(float) / 255
    np.testing.assert_allclose(pixels_of("PNG with opacity"), PIXELS * opacity + 255 * (1 - opacity), atol=0.51)
    hidden = np.asarray(PALETTE) == 3
    for name in ("transparent GIF", "PNG with a transparent colour of a palette"):
        pixels = pixels_of(name)
        assert (pixels[hidden] == 255).all()
        np.testing.assert_array_equal(pixels[~hidden], np.asarray(PALETTE.convert("RGB"))[~hidden])


def test_of_sixteen_bits_the_upper_eight_stay():
    wide = np.arange(0, 2**16, 257).astype("uint16").reshape(16, 16)
    grey = read_image(encoded(Image.fromarray(wide), "PNG"), "wide")
    np.testing.assert_array_equal(grey, np.repeat(np.arange(256).reshape(16, 16, 1), 3, axis=-1))


@pytest.mark.parametrize("content", NO_FILES, ids=NO_FILES.values())
def test_what_is_no_image_is_named_and_told_what_it_is(content, tmp_path):
    file = tmp_path / "one.jpg"
    file.write_bytes(content)
    for given, name in ((file, str(file)), ([FILES["PNG"], content], r"files[1]")):
        with pytest.raises(ValueError, match=r"expected .*; found ") as caught:
            read_images(given, (4, 4, 3), "pad")
        assert str(caught.value).startswith(f"{name}: expected ")
        assert f"found {NO_FILES[content]}" in str(caught.value)


@pytest.mark.parametrize(("side", "found"), [(9_000, "one of 9,000 x 9,000"), (65_000, "one of more")])
def test_a_header_that_says_too_much_costs_no_memory(side, found):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=rf"at most 67,108,864 pixels; found {found}\."):
        read_images(huge_png(side, side), (4, 4, 3), "pad")
    # Kilobytes; the pixels would take 243 million bytes.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_only_regular_files_are_opened(tmp_path):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    for path, found in ((pipe, "a special file"), (tmp_path, "a folder"), (tmp_path / "none.png", "No such file")):
        with pytest.raises(ValueError, match=f"{path.name}: expected .*; found {found}"):
            read_images(path, (4, 4, 3), "pad")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "`files` must be a path"),
        (None, "`files` must be a path"),
        ([3], r"`files\[0\]` must be a path or the bytes"),
    ],
)
def test_what_are_no_files_is_refused(files, message):
    with pytest.raises(ValueError, match=message):
        read_images(files, (4, 4, 3), "pad")


def test_without_pillow_one_line_says_what_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"`pip install keras_modnet\[images\]` brings it"):
        read_images(FILES["PNG"], (4, 4, 3), "pad")


def test_files_of_several_sizes_become_images_of_the_model(tmp_path):
    path = tmp_path / "grey.png"
    path.write_bytes(encoded(Image.fromarray(np.full((16, 8), 200, "uint8")), "PNG"))
    images = read_images([path, FILES["JPEG"], bytearray(FILES["GIF"])], (28, 28, 1), "pad")
    assert (images.shape, images.dtype) == ((3, 28, 28, 1), np.float32)
    assert (images[0, 5, :, 0] == [0] * 7 + [200] * 14 + [0] * 7).all()
    with pytest.raises(ValueError, match="`image_shape` must be of one or three channels"):
        read_images(path, (28, 28, 4), "pad")
