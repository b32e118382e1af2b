"""Pictures of 30 x 45 pixels as files of every kind that is read, and files that are none."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

RNG = np.random.default_rng(0)
PIXELS = np.asarray(Image.fromarray(RNG.integers(0, 256, (6, 9, 3)).astype("uint8")).resize((45, 30), 3))
RGB = Image.fromarray(PIXELS)
GREY = RGB.convert("L")
RGBA = Image.fromarray(np.dstack([PIXELS, RNG.integers(0, 256, (30, 45)).astype("uint8")]))
PALETTE = RGB.quantize(16)


def encoded(image, kind, orientation=None, **options):
    """Returns the bytes of a file."""
    if orientation is not None:
        exif = Image.Exif()
        # As cameras do, something in front of it.
        exif[0x010F], exif[0x0112] = "maker", orientation
        options["exif"] = exif
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def huge_png(width, height):
    """Returns a PNG file of a few bytes whose header says so many pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


FILES = {
    "JPEG": encoded(RGB, "JPEG"),
    "JPEG without subsampling": encoded(RGB, "JPEG", quality=95, subsampling=0),
    "progressive JPEG": encoded(RGB, "JPEG", quality=40, progressive=True),
    "grey JPEG": encoded(GREY, "JPEG"),
    "CMYK JPEG": encoded(RGB.convert("CMYK"), "JPEG"),
    **{f"JPEG held as {way}": encoded(RGB, "JPEG", way) for way in range(1, 9)},
    "PNG held as 6": encoded(RGB, "PNG", 6),
    "WebP held as 8": encoded(RGB, "WEBP", 8, lossless=True),
    "PNG": encoded(RGB, "PNG"),
    "grey PNG": encoded(GREY, "PNG"),
    "black and white PNG": encoded(RGB.convert("1"), "PNG"),
    "PNG of 16 bits": encoded(Image.fromarray(RNG.integers(0, 2**16, (30, 45)).astype("uint16")), "PNG"),
    "PNG with a palette": encoded(PALETTE, "PNG"),
    "PNG with a transparent colour of a palette": encoded(PALETTE, "PNG", transparency=3),
    "PNG with a transparent colour": encoded(RGB, "PNG", transparency=tuple(map(int, PIXELS[3, 3]))),
    "PNG with a transparent grey": encoded(GREY, "PNG", transparency=int(np.asarray(GREY)[3, 3])),
    "PNG with opacity": encoded(RGBA, "PNG"),
    "grey PNG with opacity": encoded(RGBA.convert("LA"), "PNG"),
    "GIF": encoded(RGB, "GIF"),
    "animated GIF": encoded(RGB, "GIF", save_all=True, append_images=[RGB.rotate(180)]),
    "transparent GIF": encoded(PALETTE, "GIF", transparency=3),
    "BMP": encoded(RGB, "BMP"),
    "grey BMP": encoded(GREY, "BMP"),
    "BMP with a palette": encoded(PALETTE, "BMP"),
    "BMP of 32 bits": encoded(RGBA, "BMP"),
    "WebP": encoded(RGB, "WEBP"),
    "lossless WebP": encoded(RGB, "WEBP", lossless=True),
    "WebP with opacity": encoded(RGBA, "WEBP"),
}
# What only the host reads.
HOST_FILES = {
    "animated WebP": encoded(RGB, "WEBP", save_all=True, append_images=[RGB.rotate(180)]),
    "BMP of one bit": encoded(RGB.convert("1"), "BMP"),
}
# What is no image, and words for it.
NO_FILES = {
    b"": "an empty file",
    b"hello": "a text file",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "a file of HTML, SVG or other XML",
    encoded(RGB, "TIFF"): "a TIFF file",
    b"\0\0\0\x18ftypheic" + bytes(16): "an HEIC file",
    bytes(range(256)): "a file of another kind",
    b"RIFF\0\0\0\0AVI " + bytes(64): "an AVI video",
    FILES["JPEG"][:-40]: "a JPEG file that is damaged",
    FILES["PNG"][:-80]: "a PNG file that is damaged",
    FILES["GIF"][:-60]: "a GIF file that is damaged",
    FILES["WebP"][:-30]: "a WebP file that is damaged",
    b"\xff\xd8": "a JPEG file that is damaged",
    b"BM": "a BMP file that is damaged",
    huge_png(65_000, 65_000): "one of ",
    huge_png(70_000, 2): "one of ",
}
