"""Image files decoded in a graph of TensorFlow, to the pixels that `image_files` reads on the host.

A graph is stored with every model that is served, so that few operations matter here: tables in place of branches.
"""

import numpy as np

from keras_modnet.data.image_kinds import MAX_PIXELS, MAX_SIDE
from keras_modnet.data.orientation import PATTERN, TURNS, WINDOW

# Bytes at the beginning of a file that say its kind and size; zeros stand in for those that are not there.
_HEAD = 64
_ANY = -1
# Kinds by their first bytes: JPEG, PNG, GIF, BMP, three of WebP, and what is none of them.
_STARTS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"BM", *(b"RIFF????WEBPVP8" + kind for kind in (b" ", b"L", b"X")), b"")
_PATTERNS = np.array([[_ANY if byte == ord("?") else byte for byte in start.ljust(16, b"?")] for start in _STARTS])
# Where the four bytes of height and of width begin, little end first (zeros: JPEG's are asked for elsewhere, and what
# is no image has none); what the number is divided by, then its modulus; what is added.
_PLACES = np.array([[64, 64], [20, 16], [8, 6], [22, 18], [28, 26], [21, 21], [27, 24], [64, 64]])[..., None] + range(4)
_PLACES[1] = _PLACES[1, :, ::-1]
_DIVISORS = np.array([[1, 1]] * 5 + [[2**14, 1]] + [[1, 1]] * 2)
_MODULI = np.array([[2**power] * 2 for power in (32, 32, 16, 32, 14, 14, 24, 32)])
_ADDED = np.array([[one] * 2 for one in (1, 0, 0, 0, 0, 1, 1, 0)])
_EXTENDED_WEBP = 6


def decoded(content):
    """Returns the picture of an image file, uint8 `(H, W, 3)`, as a person sees it.

    JPEG (also CMYK), PNG, GIF (first picture), BMP of 8, 24 and 32 bits that is not compressed, and WebP that is not
    animated. Headers are looked at first: one that says more than `MAX_PIXELS` costs no memory.

    Args:
        content: scalar of strings.

    Raises:
        InvalidArgumentError: when the graph runs: anything else, or a file that is damaged or cut off.
    """
    import tensorflow as tf

    head = _bytes_at(content, range(_HEAD))
    fits = tf.reduce_all(tf.equal(head[:16], _PATTERNS) | (_PATTERNS == _ANY), 1)
    kind = tf.argmax(tf.cast(fits, tf.int32))
    numbers = tf.gather(tf.concat([head, [0] * 4], 0), tf.gather(_PLACES, kind))
    sizes = tf.reduce_sum(numbers * [1, 2**8, 2**16, 2**24], -1) // tf.gather(_DIVISORS, kind)
    sizes = sizes % tf.gather(_MODULI, kind) + tf.gather(_ADDED, kind)
    # Rows of a BMP file that come from the top have a negative height.
    sizes = tf.minimum(sizes, 2**32 - sizes)
    # Animations damage the memory of TensorFlow 2.21: they must not reach it.
    animated = tf.equal(kind, _EXTENDED_WEBP) & tf.equal(head[20] // 2 % 2, 1)
    content = _sized(content, sizes * tf.cast(~animated, tf.int64))
    readers = [lambda read=read: read(content) for read in (decoded_jpeg, _png, _gif, _bmp, _webp)]
    picture = tf.switch_case(tf.cast(kind, tf.int32), readers)
    return _turned(_on_white(picture), content)


def decoded_jpeg(content):
    """Returns the picture of a JPEG file, uint8 `(H, W, 3)`, as it lies there; `decoded` says what is refused."""
    import tensorflow as tf

    content = _sized(content, tf.cast(tf.io.extract_jpeg_shape(content)[:2], tf.int64))
    # Pillow's way, too: equal pixels.
    return tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE")


def _png(content):
    import tensorflow as tf

    pixels = tf.io.decode_png(content, channels=4)
    # Of less than eight bits and without an opacity, TensorFlow 2.21 makes up the largest number of so many bits.
    made_up = tf.bitwise.left_shift(tf.constant(1, tf.int64), _bytes_at(content, [24])[0]) - 1
    opaque = tf.reduce_all(tf.equal(pixels[..., 3], tf.cast(tf.minimum(made_up, 255), tf.uint8)))
    return pixels[..., : tf.where(opaque, 3, 4)]


def _gif(content):
    import tensorflow as tf

    # Where a first picture has a transparent colour, TensorFlow would make that black: it becomes white, and opaque. In
    # front of a picture: flags, odd where there is one; two bytes of delay; its index.
    odd = "".join(f"\\x{value:02x}" for value in range(1, 32, 2))
    before = tf.strings.regex_replace(
        tf.strings.substr(content, 0, WINDOW), rf"^(\C{{13}}\C*?!\C\x04)[{odd}]\C\C\C\x00,\C*$", r"\1"
    )
    place = tf.strings.length(before)

    def opaque():
        flags, index, packed = tf.unstack(_bytes_at(content, [0, 3, 14], place))
        colours = tf.where(packed >= 128, place + 15, 13) + 3 * tf.cast(index, tf.int32)
        flags = tf.gather([bytes([value]) for value in range(32)], flags - 1)
        return _patched(_patched(content, colours, b"\xff\xff\xff", 3), place, flags, 1)

    found = place < tf.minimum(tf.strings.length(content), WINDOW)
    return tf.io.decode_image(tf.cond(found, opaque, lambda: content), channels=3, expand_animations=False)


def _patched(content, place, text, length):
    import tensorflow as tf

    behind = tf.strings.substr(content, place + length, 2**31 - 1)
    return tf.strings.join([tf.strings.substr(content, 0, place), text, behind])


def _bmp(content):
    import tensorflow as tf

    header, bits, compression = tf.unstack(_bytes_at(content, [14, 28, 30]))
    plain = tf.equal(compression, 0) & tf.reduce_any(tf.equal(bits, [8, 24, 32]))
    pixels = tf.io.decode_bmp(tf.where(plain, content, ""))
    # Blue, green, red and nothing, of up to 256 colours.
    palette = tf.strings.substr(content + bytes(1024), 14 + tf.cast(header, tf.int32), 1024)
    palette = tf.reshape(tf.io.decode_raw(palette, tf.uint8), (256, 4))[:, 2::-1]
    indexed = tf.equal(tf.shape(pixels)[-1], 1)

    def coloured():
        return tf.gather(palette, tf.cast(pixels[..., 0], tf.int32))

    # The fourth byte of 32 bits means nothing.
    return tf.cond(indexed, coloured, lambda: pixels[..., :3])


def _webp(content):
    import tensorflow as tf

    # It gives a list of pictures.
    return tf.io.decode_webp(content)[0]


def _on_white(pixels):
    """Returns pixels of three channels, or four, the last one the opacity, as colours on white."""
    import tensorflow as tf

    def composed():
        values = tf.cast(pixels, tf.int32)
        opacity = values[..., 3:]
        return tf.cast((values[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255, tf.uint8)

    return tf.ensure_shape(tf.cond(tf.equal(tf.shape(pixels)[-1], 4), composed, lambda: pixels), (None, None, 3))


def _turned(pixels, content):
    """Returns a picture as EXIF's orientation of its file says."""
    import tensorflow as tf

    length = tf.strings.length(content)
    last = tf.maximum(length - WINDOW, WINDOW)
    window = tf.strings.substr(content, 0, WINDOW)
    window += tf.strings.substr(content, tf.minimum(last, length), WINDOW)
    # One byte, or the window where there is none.
    value = tf.strings.regex_replace(window, rf"^\C*?{PATTERN.format(any=chr(92) + 'C')}\C*$", r"\1\2")
    is_value = tf.equal(tf.strings.length(value), 1)

    def turned():
        transposed, *turns = tf.unstack(tf.gather(TURNS, tf.cast(tf.io.decode_raw(value, tf.uint8)[0], tf.int32)))
        axes = tf.boolean_mask([0, 1], turns)
        return tf.reverse(tf.transpose(pixels, tf.where(transposed, [1, 0, 2], [0, 1, 2])), axes)

    return tf.ensure_shape(tf.cond(is_value, turned, lambda: pixels), (None, None, 3))


def _sized(content, sizes):
    """Returns the bytes of a file, or none where its picture's sides are none or too large: no decoder reads these."""
    import tensorflow as tf

    fits = tf.reduce_all((sizes > 0) & (sizes <= MAX_SIDE)) & (tf.reduce_prod(sizes) <= MAX_PIXELS)
    return tf.where(fits, content, "")


def _bytes_at(content, places, start=0):
    """Returns the bytes at some places behind a start, int64; zeros where a file is shorter."""
    import tensorflow as tf

    length = max(places) + 1
    raw = tf.strings.substr(content, start, length) + b"\0" * length
    return tf.cast(tf.gather(tf.io.decode_raw(raw, tf.uint8), list(places)), tf.int64)
