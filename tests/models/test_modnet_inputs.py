"""What goes wrong goes wrong before the first step: the error names argument, expected and received."""

import keras
import numpy as np
import pytest

from keras_modnet.models.modnet import ModNet

IMAGES = np.random.default_rng(0).uniform(0, 255, (4, 4, 4, 1)).astype("float32")
LABELS = np.array([0, 1, 1, 0])
WITH_NAN = IMAGES.copy()
WITH_NAN[2, 1, 1, 0] = np.nan


class NoBatches(keras.utils.PyDataset):
    num_batches = 0

    def __getitem__(self, index):
        raise AssertionError("there is no batch")


BAD = {
    "rank": (IMAGES[0], LABELS, r"`images of task digits` must be of shape \(batch, 4, 4, 1\)\. .*\(4, 4, 1\)"),
    "channels": (IMAGES.repeat(3, -1), LABELS, r"`images of task digits` must be of shape .* \(4, 4, 4, 3\)"),
    "size": (IMAGES[:, :2], LABELS, r"`images of task digits` must be of shape .* \(4, 2, 4, 1\)"),
    "nan": (WITH_NAN, LABELS, r"`images of task digits` must be finite numbers\. .*NaN or infinite"),
    "infinite": (np.full_like(IMAGES, np.inf), LABELS, "must be finite numbers"),
    "no images": (IMAGES[:0], LABELS[:0], r"`images of task digits` must be at least one image\. .*\(0, 4, 4, 1\)"),
    "class beyond": (IMAGES, LABELS + 2, r"`labels of task digits` must be from 0 to 2\. Received: '2 to 3'"),
    "class under": (IMAGES, LABELS - 1, r"`labels of task digits` must be from 0 to 2\. Received: '-1 to 0'"),
    "rows": (IMAGES, np.eye(4)[LABELS], r"`labels of task digits` must be rows of 3 classes\. Received: \(4, 4\)"),
    "fewer labels": (IMAGES, LABELS[:3], r"`labels of task digits` must be one for each of 4 images\. .*\(3,\)"),
    "more labels": (IMAGES[:2], LABELS, r"`labels of task digits` must be one for each of 2 images\. .*\(4,\)"),
    "no labels": (IMAGES, None, "`y` must be labels for the images. Received: None"),
    "dict without labels": ({"digits": IMAGES}, None, "`y` must be labels for the images. Received: None"),
    "nothing": (None, None, "`x` must be arrays, or batches of images and labels. Received: 'NoneType'"),
    "unknown task": (
        {"signs": IMAGES},
        {"signs": LABELS},
        "`task` must be one of 'digits', 'letters'. Received: 'signs'",
    ),
    "other keys": (
        {"digits": IMAGES, "letters": IMAGES},
        {"digits": LABELS},
        r"`y` must be a dict with the tasks \['digits', 'letters'\]\. Received: \['digits'\]",
    ),
    "labels without keys": ({"digits": IMAGES}, LABELS, r"`y` must be a dict with the tasks .* Received: 'ndarray'"),
    "second task": (
        {"digits": IMAGES, "letters": IMAGES},
        {"digits": LABELS, "letters": LABELS + 1},
        r"`labels of task letters` must be from 0 to 1\. Received: '1 to 2'",
    ),
    "empty dict": ({}, {}, "`x` must be images of at least one task. Received: {}"),
    "empty list": ([], None, "`y` must be labels for the images. Received: None"),
    "empty generator": (lambda: iter(()), None, "`x` must be a dataset with at least one batch"),
    "empty PyDataset": (NoBatches, None, "`x` must be a dataset with at least one batch"),
    "bad first batch": (
        lambda: (batch for batch in [(IMAGES, LABELS + 9)]),
        None,
        r"`labels of task digits` must be from 0 to 2",
    ),
    "batch without labels": (lambda: iter([IMAGES]), None, r"`x` must be a dataset of \(images, labels\)"),
}


@pytest.fixture(scope="module")
def model(make_model):
    return make_model()


@pytest.mark.parametrize(("x", "y", "message"), BAD.values(), ids=list(BAD))
def test_bad_data_is_refused_and_changes_nothing(model, values, x, y, message):
    before = values(model)
    with pytest.raises(ValueError, match=message):
        model.fit(x() if callable(x) else x, y, verbose=0)
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    assert not model.optimizer.built


def test_model_fits_after_it_has_refused(make_model):
    model = make_model()
    with pytest.raises(ValueError, match="must be finite numbers"):
        model.fit(WITH_NAN, LABELS, verbose=0)
    model.fit(IMAGES, LABELS, verbose=0)


@pytest.mark.parametrize("images", [IMAGES[0], IMAGES.repeat(3, -1)])
def test_call_refuses_images_of_another_shape(model, images):
    with pytest.raises(ValueError, match=r"`images` must be of shape \(batch, 4, 4, 1\)"):
        model(images)


def test_call_refuses_an_unknown_task(model):
    with pytest.raises(ValueError, match=r"`task` must be one of 'digits', 'letters'. Received: 'signs'"):
        model({"signs": IMAGES})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image_shape": (4, 4)}, r"`image_shape` must be \(height, width, channels\), .* Received: \(4, 4\)"),
        ({"image_shape": (4, None, 1)}, r"`image_shape` must be \(height, width, channels\)"),
        ({"image_shape": (4, 6, 1), "patch_size": 4}, "`image_shape` must be of sides that patch_size=4 divides"),
        ({"tasks": {}}, "`tasks` must be a dict .* with at least one. Received: {}"),
        ({"tasks": ["digits"]}, r"`tasks` must be a dict .* Received: \['digits'\]"),
        ({"tasks": {"two words": 2}}, "`name` must be a task name of letters"),
        ({"tasks": {"digits": 0}}, r"`tasks\['digits'\] num_classes` must be a whole number .* Received: 0"),
        ({"tasks": {"digits": {"classes": 2}}}, r"`tasks\['digits'\]` must be a number of classes or a dict"),
        ({"tasks": {"digits": {"num_classes": 2, "num_steps": 0}}}, "num_steps` must be a whole number"),
        ({"num_blocks": 0}, "`num_blocks` must be a whole number of at least 1. Received: 0"),
        ({"num_steps": 0}, "`num_steps` must be a whole number of at least 1. Received: 0"),
        ({"width": 0}, "`width` must be a whole number of at least 1. Received: 0"),
        ({"patch_size": 0}, "`patch_size` must be a whole number of at least 1. Received: 0"),
        ({"block": "resnet"}, "`block` must be one of .* Received: 'resnet'"),
        ({"norm": "instance"}, "`norm` must be one of 'batch', 'group', 'layer'. Received: 'instance'"),
        ({"mixing": "sum"}, "`mixing` must be one of 'weights', 'outputs'. Received: 'sum'"),
        ({"temperature": 0.0}, "`temperature` must be a finite number over 0. Received: 0.0"),
        ({"logits_multiplier": -1}, "`logits_multiplier` must be a finite number over 0. Received: -1"),
    ],
)
def test_constructor_refuses(arguments, message):
    small = {"image_shape": (4, 4, 1), "tasks": {"digits": 3}, "num_blocks": 2, "num_steps": 2, "width": 4}
    with pytest.raises(ValueError, match=message):
        ModNet(**(small | {"patch_size": 2} | arguments))


def test_tasks_may_have_steps_of_their_own():
    tasks = {"digits": 3, "letters": {"num_classes": 2, "num_steps": 5}}
    model = ModNet((8, 8, 1), tasks, num_blocks=2, num_steps=4, width=4, patch_size=2)
    assert [model.ordering(task).num_steps for task in model.task_names] == [4, 5]
    assert [model.num_classes(task) for task in model.task_names] == [3, 2]
