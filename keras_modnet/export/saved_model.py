"""A model's tasks as one SavedModel that TensorFlow Serving or TensorFlow alone can run."""

import dataclasses
import importlib.util
from pathlib import Path

import keras

from keras_modnet.checks import expect
from keras_modnet.export.children import write_in_child
from keras_modnet.export.self_check import check_saved_model
from keras_modnet.export.signatures import signature_names, write_saved_model
from keras_modnet.export.versions import choose_version, published
from keras_modnet.models.modnet import ModNet

# Channels of images that JPEG and PNG files can hold: grey, colour, colour with transparency.
ENCODED_CHANNELS = (1, 3, 4)


@dataclasses.dataclass(frozen=True)
class ExportedModel:
    """What `export_saved_model` published.

    Attributes:
        path: the version's folder.
        version: its number.
        signatures: names of its signatures.
        bytes: size of its files together.
        largest_difference: largest difference of a logit or probability to the model's, as read back from the files.
    """

    path: Path
    version: int
    signatures: tuple[str, ...]
    bytes: int
    largest_difference: float


def export_saved_model(model, folder, tasks=None, version=None, image_bytes=True):
    """Writes tasks of a model as one SavedModel and publishes it once its answers are proven equal to the model's.

    Signatures: each task's name takes `images`, float32 `(batch, height, width, channels)` with values from 0 to 255
    (whole numbers or not), and gives float32 `logits` and `probabilities` `(batch, num_classes)`; of a task without
    classes `features` `(batch, channels)`. `TASK_image_bytes`
    gives the same for `image_bytes`, strings `(batch,)`, each an encoded PNG or JPEG: it is decoded with the model's
    number of channels and, where its sides differ, stretched to the model's image size (bilinear, antialiased).
    `serving_default` is the default task's, or the first one's if that is not exported. The batch may have any size.

    Each task runs its hard ordering; the blocks in use are stored once for all tasks, and so are first steps that tasks
    have in common (`ModNet.to_static_tasks`). A task with a mixture runs that, and stores its own kernels. The files
    hold no optimizer state and need neither Keras nor this package. Before the version appears, under its name and by
    one renaming, a process without Keras reads it back and runs every signature. On a backend other than TensorFlow a
    child process writes the files.

    Args:
        model: a `ModNet`, on any Keras backend.
        folder: folder of the versions, made where it is missing.
        tasks: list of names of the tasks; default all.
        version: whole number from 0, the name of the folder in `folder`; default one more than the largest there,
            else 1.
        image_bytes: whether there are signatures for encoded images; needs 1, 3 or 4 (then PNG only) channels.

    Returns:
        `ExportedModel`: path, version, signatures, bytes and the largest difference that was found.

    Raises:
        ValueError: before anything is written: no `ModNet`, no or an unknown task, a version that is taken or no whole
            number, a folder that is a file, channels that encoded images cannot have, a task name that would be the
            name of another signature too.
        ImportError: TensorFlow is not installed.
        RuntimeError: the files could not be written or read back, or answer otherwise than the model by more than 1e-4
            (half precision: 5e-2) of the largest logit or of 1, whichever is larger. Nothing is published then.
    """
    expect(isinstance(model, ModNet), "model", "a ModNet", type(model).__name__)
    folder = Path(folder).expanduser().resolve()
    choose_version(folder, version)
    channels = model.image_shape[-1]
    expect(isinstance(image_bytes, bool), "image_bytes", "True or False", image_bytes)
    fits = not image_bytes or channels in ENCODED_CHANNELS
    expect(fits, "image_bytes", f"False for images with other than {ENCODED_CHANNELS} channels", f"{channels} channels")
    _expect_tensorflow()
    tasks = model.task_names if tasks is None else tasks
    static = model.to_static_tasks(tasks)
    default = model.default_task if model.default_task in tasks else tasks[0]
    signatures = signature_names(tasks, image_bytes)
    featured = [task for task in tasks if model.num_classes(task) is None]
    write = write_saved_model if keras.backend.backend() == "tensorflow" else write_in_child
    with published(folder, version) as publication:
        fresh = publication.fresh
        write(static, fresh, default, image_bytes, featured)
        difference = check_saved_model(fresh, model, signatures, default)
        size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file())
    return ExportedModel(publication.path, publication.version, tuple(signatures), size, difference)


def _expect_tensorflow():
    if importlib.util.find_spec("tensorflow") is None:
        raise ImportError(
            "`export_saved_model` needs TensorFlow, which is not installed. Install it with "
            "`pip install 'keras_modnet[tensorflow]'`."
        )
