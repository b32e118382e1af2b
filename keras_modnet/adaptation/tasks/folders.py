"""Folders of photographs as the data of an adaptation, and the task that their classes make."""

import contextlib

from keras_modnet.adaptation.tasks.settings import Stopping
from keras_modnet.checks import expect, expect_one_of
from keras_modnet.data.image_folders import ImageFolder
from keras_modnet.data.image_lists import is_path
from keras_modnet.models.task_specs import expect_task_name

HELD_OUT = 0.2
"""Share of each class of a folder that is held out where nothing is said."""


def read_folders(given):
    """Returns training and validation data in which paths of folders are `ImageFolder`s, and all else as it is.

    Args:
        given: the arguments of `adapt_task`, by name; of a folder's `augmentation` None is left.

    Raises:
        ValueError: a task that is not there and no folder to make it of; as `ImageFolder`.
    """
    model, task, train_data = given.model, given.task, given.train_data
    options = {"batch_size": given.batch_size, "seed": given.seed, "skip_bad_images": given.skip_bad_images}
    of_folder = is_path(train_data) or isinstance(train_data, ImageFolder)
    if task not in model.task_names:
        others = f"one of {', '.join(map(repr, model.task_names))}, or a new one for a folder of images"
        expect(of_folder, "task", others, task)
        expect_task_name(task)
        names = None
    else:
        names = model.class_names[task]
    if is_path(train_data):
        changes, given.augmentation = given.augmentation, None
        shape, resizing = model.image_shape, model.resizing
        train_data = ImageFolder(train_data, shape, resizing, names, augmentation=changes, **options)
    validation_data = given.validation_data
    if is_path(validation_data):
        names = train_data.class_names if of_folder else names
        validation_data = ImageFolder(validation_data, model.image_shape, model.resizing, names, **options).in_order()
    return train_data, validation_data


@contextlib.contextmanager
def task_of_classes(model, task, train_data, init_from):
    """Makes the task of a folder where the model lacks it, and names its classes; after an error all is as before.

    Args:
        model: a `ModNet`.
        task: name of the task.
        train_data: an `ImageFolder`, or other data.
        init_from: task that a new one starts from; of None and "best" the default task.
    """
    is_new, names = task not in model.task_names, getattr(train_data, "class_names", None)
    if is_new:
        source = model.default_task if init_from in (None, "best") else init_from
        expect_one_of("init_from", source, model.task_names)
        model.add_task(task, len(names), init_from=source, class_names=names)
    try:
        yield
    except BaseException:
        if is_new:
            model.remove_task(task)
        raise
    layers = model.task_layers[task]
    if layers.class_names is None and isinstance(train_data, ImageFolder):
        layers.class_names = names


def stopping_of(given):
    """Returns the `Stopping` to use: of a folder a share of each class is held out where nothing is said."""
    if given.stopping is not None:
        return given.stopping
    held_out = isinstance(given.train_data, ImageFolder) and given.validation_data is None
    return Stopping(validation_split=HELD_OUT if held_out else 0.0)
