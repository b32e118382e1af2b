import keras
import numpy as np
import pytest

from keras_modnet.adaptation.domains.unlabelled import read_unlabelled
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.resizing import fit_images

IMAGES = np.arange(10 * 16).reshape(10, 4, 4, 1).astype("uint8")
LABELS = np.arange(10)
SHAPE = (4, 4, 1)


class InOrder(ArrayBatches):
    def __getitem__(self, index):
        return tuple(values[4 * index : 4 * index + 4] for values in self.arrays)


FORMS = {
    "images": lambda: IMAGES,
    "tensor": lambda: keras.ops.convert_to_tensor(IMAGES),
    "pair": lambda: (IMAGES, LABELS),
    "pair with a list": lambda: (IMAGES, LABELS.tolist()),
    "weights, too": lambda: (IMAGES, LABELS, np.ones(10)),
    "list of batches": lambda: [IMAGES[:5], IMAGES[5:]],
    "list of pairs": lambda: [(IMAGES[:5], LABELS[:5]), (IMAGES[5:], LABELS[5:])],
    "two batches in a tuple": lambda: (IMAGES[:5], IMAGES[5:]),
    "stream": lambda: iter([(IMAGES[:5], None), (IMAGES[5:], None)]),
    "dataset": lambda: InOrder(IMAGES, LABELS, batch_size=4),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_images_alone(form):
    np.testing.assert_array_equal(read_unlabelled(FORMS[form](), 100, SHAPE, "pad"), IMAGES)


def test_arrays_of_other_sizes_are_resized_by_the_rule_of_the_model():
    taken = read_unlabelled((IMAGES[:, :, :2], LABELS), 3, SHAPE, "pad")
    np.testing.assert_allclose(taken, fit_images(IMAGES[:3, :, :2], SHAPE, "pad"))


def test_no_batch_is_asked_for_beyond_the_images_that_are_wanted():
    def stream():
        yield IMAGES[:4]
        yield IMAGES[4:8]
        raise AssertionError("asked for a third batch")

    np.testing.assert_array_equal(read_unlabelled(stream(), 6, SHAPE, "pad"), IMAGES[:6])


@pytest.mark.parametrize(
    ("target", "count", "message"),
    [
        ([], 5, "`target` must be at least one batch of images. Received: 'none'"),
        (3, 5, "`target` must be images, or batches of them. Received: 'int'"),
        ([3], 5, "`target` must be batches of images. Received: 'int'"),
        ([IMAGES[:, :2]], 5, r"images of target` must be of shape \(batch, 4, 4, 1\)"),
        (IMAGES, 0, "`max_images` must be"),
    ],
)
def test_what_is_no_images_is_refused(target, count, message):
    with pytest.raises(ValueError, match=message):
        read_unlabelled(target, count, SHAPE, "pad")
