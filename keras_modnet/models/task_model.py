"""A task, and several of them, as Keras models over the bank's own variables."""

import keras

from keras_modnet.checks import expect
from keras_modnet.models.checked_calls import ChecksItsData
from keras_modnet.models.replicated import RunsOnReplicas


@keras.saving.register_keras_serializable(package="keras_modnet")
class TaskModel(ChecksItsData, RunsOnReplicas, keras.Model):
    """One task on a bank: images to logits. `ModNet.task` makes it.

    It is a functional Keras model of the bank's stem and the task's own layers, so that compiling, training, saving,
    exporting, quantizing and composing it are Keras's. Its variables are those of the `ModNet`: training one trains the
    other. It goes on working when the task is removed there.

    Args:
        image_shape: `(height, width, channels)` of the images in pixels.
        stem: the `IsometricStem` that it shares.
        task_layers: `{name of the task: TaskLayers}`, one of them.
        resizing: how pictures of other sizes become the model's images, as `ModNet` takes it; default "stretch".

    Call arguments:
        images: `(batch, height, width, channels)` with values from 0 to 255, any dtype.
        training: whether the router draws and statistics are gathered.

    Returns:
        Logits `(batch, num_classes)`, float32.

    Raises:
        ValueError: not one task; in `fit`, `evaluate`, `predict` and the like, before any step: data that the task
            cannot take.

    Example:
        digits = model.task("digits")
        digits.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        digits.fit(images, labels)
    """

    def __init__(self, image_shape, stem, task_layers, name=None, **kwargs):
        expect(len(task_layers) == 1, "task_layers", "one task", list(task_layers))
        [(task, layers)] = task_layers.items()
        images = keras.Input(image_shape, dtype="float32", name="images")
        super().__init__(images, layers(stem(images)), name=name or task)
        self._keep(image_shape, stem, task_layers, kwargs)


@keras.saving.register_keras_serializable(package="keras_modnet")
class JointModel(ChecksItsData, RunsOnReplicas, keras.Model):
    """Several tasks on a bank: a dict of images to a dict of logits. `ModNet.joint` makes it.

    As `TaskModel` otherwise. Losses, weights and metrics may be dicts by task.

    Args:
        image_shape: `(height, width, channels)` of the images in pixels.
        stem: the `IsometricStem` that they share.
        task_layers: `{name of the task: TaskLayers}`.
        resizing: as of `TaskModel`.

    Call arguments:
        images: `{task: (batch, height, width, channels)}` with values from 0 to 255, for each of the tasks.
        training: whether routers draw and statistics are gathered.

    Returns:
        `{task: logits (batch, num_classes)}`, float32.
    """

    keyed_by_task = True

    def __init__(self, image_shape, stem, task_layers, name=None, **kwargs):
        expect(len(task_layers) > 0, "task_layers", "at least one task", task_layers)
        images = {task: _images_of(task, image_shape) for task in task_layers}
        logits = {task: layers(stem(images[task])) for task, layers in task_layers.items()}
        super().__init__(images, logits, name=name or "joint")
        self._keep(image_shape, stem, task_layers, kwargs)


def _images_of(task, image_shape):
    # Signatures call the tensor by the task; the layer has a name that neither the stem nor a task's layers can have.
    images = keras.KerasTensor((None, *image_shape), dtype="float32", name=task)
    return keras.Input(tensor=images, name=f"images_{task}")
