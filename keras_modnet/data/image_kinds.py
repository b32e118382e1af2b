"""What a file is by its first bytes: kinds of images that are read, and words for the others."""

MAX_PIXELS = 2**26
"""Most pixels of an image: more than any telephone's; a header that says more would ask for gigabytes."""

MAX_SIDE = 2**16 - 1
"""Largest side of an image in pixels: what JPEG can say."""

READABLE = "a JPEG, PNG, GIF, BMP or WebP file"

_READ = ("a JPEG file", "a PNG file", "a GIF file", "a BMP file", "a WebP file")
_STARTS = {
    b"\xff\xd8": "a JPEG file",
    b"\x89PNG": "a PNG file",
    b"GIF8": "a GIF file",
    b"BM": "a BMP file",
    b"II*\0": "a TIFF file",
    b"MM\0*": "a TIFF file",
    b"8BPS": "a Photoshop file",
    b"%PDF": "a PDF file",
    b"\xff\x0a": "a JPEG XL file",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
}
# Families whose members say further on which they are.
_MEMBERS = {
    b"RIFF": {b"WEBP": "a WebP file", b"AVI ": "an AVI video", b"WAVE": "a WAV file"},
    b"ftyp": {b"avif": "an AVIF file", b"heic": "an HEIC file", b"heix": "an HEIC file", b"mif1": "an HEIF file"},
}


def fault_of(content):
    """Returns what a file is that could not be read as an image, in words that follow "found".

    Args:
        content: its bytes.
    """
    kind = kind_of(content)
    return f"{kind} that is damaged, cut off or of a rare kind" if kind in _READ else kind


def kind_of(content):
    """Returns what a file is, in words that follow "found".

    Args:
        content: its bytes, of which the first few are looked at.
    """
    if not content:
        return "an empty file"
    for start, words in _STARTS.items():
        if content.startswith(start):
            return words
    family = b"ftyp" if content[4:8] == b"ftyp" else bytes(content[:4])
    words = _MEMBERS.get(family, {}).get(bytes(content[8:12]))
    if words is not None:
        return words
    if content[:256].lstrip().lower().startswith((b"<svg", b"<?xml", b"<html", b"<!doctype")):
        return "a file of HTML, SVG or other XML"
    return "a text file" if bytes(content[:256]).isascii() and b"\0" not in content[:256] else "a file of another kind"
