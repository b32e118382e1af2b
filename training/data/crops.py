"""Parts of JPEG files as images of one size, in TensorFlow's graph; each function takes the module `tf` first."""

from keras_modnet.data.image_kinds import MAX_PIXELS

ASPECTS = (3 / 4, 4 / 3)


def image_state(tf, seed, epoch, index):
    """Returns the two numbers that all draws for one image follow from, int64 from 0 to 2 ** 31 - 1."""
    state = tf.random.experimental.stateless_fold_in(tf.stack([tf.constant(seed, tf.int64), epoch]), index)
    return tf.bitwise.bitwise_and(state, tf.constant(2**31 - 1, tf.int64))


def random_crop(tf, content, size, least_area, state):
    """Returns a random part of a JPEG file, resized, half of the time mirrored, float32 `(*size, 3)`."""
    begin, extent, _ = tf.image.stateless_sample_distorted_bounding_box(
        checked_shape(tf, content),
        tf.zeros((1, 0, 4)),
        # The changes that follow count up from the state itself.
        seed=state + 1000,
        min_object_covered=0.0,
        aspect_ratio_range=ASPECTS,
        area_range=(least_area, 1.0),
        max_attempts=10,
        use_image_if_no_bounding_boxes=True,
    )
    window = tf.concat([begin[:2], extent[:2]], axis=0)
    image = tf.image.decode_and_crop_jpeg(content, window, channels=3, dct_method="INTEGER_ACCURATE")
    image = tf.image.resize(image, size, antialias=True)
    return tf.image.stateless_random_flip_left_right(image, seed=state + 2000)


def checked_shape(tf, content):
    """Returns what the header of a JPEG file says, int32 `(3,)`; an error in the graph if that is too much."""
    shape = tf.io.extract_jpeg_shape(content)
    few = tf.reduce_prod(tf.cast(shape[:2], tf.int64)) <= MAX_PIXELS
    with tf.control_dependencies([tf.debugging.Assert(few, [shape])]):
        return tf.identity(shape)


def to_pixels(tf, image):
    """Returns a float image as uint8."""
    return tf.saturate_cast(tf.round(image), tf.uint8)
