"""Data come in many forms; all that Keras takes give the same, the rest is refused in one line."""

import keras
import numpy as np
import pytest

from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.resizing import fit_images

pytestmark = pytest.mark.usefixtures("untraced")

FORMS = {
    "lists": lambda images, labels: (list(images), labels.tolist()),
    "one-hot": lambda images, labels: (images, np.eye(2)[labels]),
    "float32": lambda images, labels: (images, labels.astype("float32")),
    "column": lambda images, labels: (images, labels[:, None]),
    "column of floats": lambda images, labels: (images, labels[:, None].astype("float32")),
    "weights of one": lambda images, labels: (images, labels, np.ones(16)),
}
# Searches, starts a head, trains, validates.
EVERYTHING = {"epochs": 1, "parts": ("ordering", "statistics", "head"), "search": "coordinate"}


@pytest.fixture
def losses(make_model, adapt):
    """Returns `losses(data)`: of training and validation, by the same model from the same start."""

    def of(data, validation_data=None):
        keras.utils.set_random_seed(0)
        model = make_model(compiled=False, tasks={"letters": 2})
        model.set_ordering("letters", [0, 1, 2])
        history = adapt(model, data, data if validation_data is None else validation_data, **EVERYTHING).history
        return [history[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")]

    return of


def test_every_form_of_labels_gives_the_same(losses, data):
    plain = losses(data)
    for name, form in FORMS.items():
        np.testing.assert_allclose(losses(form(*data)), plain, rtol=1e-5, err_msg=name)


def test_batches_of_every_form_give_the_same(losses, data):
    images, labels = data
    forms = [labels, np.eye(2)[labels], labels[:, None].astype("float32")]
    batches = [[(images[:8], one[:8]), (images[8:], one[8:])] for one in forms]
    first, *others = [losses(one) for one in batches]
    for other in others:
        np.testing.assert_allclose(other, first, rtol=1e-5)
    # Arrays that validate do so whatever the training data are.
    assert losses(batches[0], data)[2] == pytest.approx(first[2])


def test_images_of_another_size_are_resized_in_arrays_and_refused_in_batches(model, adapt, losses, data):
    images, labels = np.repeat(data[0], 2, axis=1), data[1]
    fitted = fit_images(images, (4, 4, 1), "stretch"), labels
    np.testing.assert_allclose(losses((images, labels)), losses(fitted), rtol=1e-6)
    with pytest.raises(ValueError, match=r"`images of task letters` must be of shape \(batch, 4, 4, 1\)"):
        adapt(model, ArrayBatches(images, labels, batch_size=8))


TEXTS = np.array(["cat", "dog"])
REFUSED = {
    "text": (lambda x, y: (x, TEXTS[y]), "`labels of task letters` must be numbers"),
    "texts in a list": (lambda x, y: (x, TEXTS[y].tolist()), "`labels of task letters` must be numbers"),
    "fractions": (lambda x, y: (x, y + 0.5), "`labels of task letters` must be whole numbers"),
    "other rows": (lambda x, y: (x, np.eye(3)[y]), "`labels of task letters` must be rows of 2 classes"),
    "fewer labels": (lambda x, y: (x, y[:-1]), "`labels of task letters` must be one for each of 16 images"),
    "fewer weights": (lambda x, y: (x, y, np.ones(3)), "`sample_weight` must be one for each of 16 images"),
    "channels": (lambda x, y: (np.repeat(x, 2, -1), y), "`images` must be of 1 channels"),
    "nothing": (lambda x, y: [], "`train_data` must be a dataset with at least one batch"),
    "no data": (lambda x, y: 3, "`train_data` must be arrays or a dataset that can be read again"),
    "a generator": (lambda x, y: iter([(x, y)]), "`train_data` must be arrays or a dataset that can be read again"),
    "images alone": (lambda x, y: x, "`train_data` must be a dataset of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_labelled_image_is_refused(model, adapt, data, case):
    make, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as refused:
        adapt(model, make(*data))
    assert "\n" not in str(refused.value)
