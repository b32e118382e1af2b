"""A model's tasks as one SavedModel that TensorFlow alone runs, laid out and protocol-tested for TensorFlow Serving."""

import dataclasses
import importlib.util
from pathlib import Path

import keras

from keras_modnet.checks import expect, expect_bool, expect_count, expect_one_of
from keras_modnet.data.image_files import CHANNELS
from keras_modnet.export.children import write_in_child
from keras_modnet.export.network import served_network
from keras_modnet.export.saved_files import write_saved_model
from keras_modnet.export.self_check import check_saved_model
from keras_modnet.export.server_files import model_name, write_server_files
from keras_modnet.export.signatures import ServingOptions, signatures_of
from keras_modnet.export.versions import choose_version, published
from keras_modnet.models.modnet import ModNet


@dataclasses.dataclass(frozen=True)
class ExportedModel:
    """What `export_saved_model` published.

    Attributes:
        path: the version's folder.
        version: its number.
        signatures: names of its signatures.
        bytes: size of its files together.
        largest_difference: largest difference of a logit, probability or feature to the model's, as read back from the
            files.
    """

    path: Path
    version: int
    signatures: tuple[str, ...]
    bytes: int
    largest_difference: float


def export_saved_model(model, folder, tasks=None, version=None, image_bytes=True, top=5, warmup=(1,)):
    """Writes tasks of a model as one SavedModel and publishes it once its answers are proven equal to the model's.

    Signatures, for batches of any size:

    - Each task's name takes `images`, float32 `(batch, height, width, channels)` with values from 0 to 255 (whole
      numbers or not), and gives float32 `logits` and `probabilities` `(batch, num_classes)`; where the classes have
      names also `classes` and `scores` `(batch, k)`: names and probabilities of the `k` most likely ones. A task
      without classes gives `features` `(batch, channels)`. Images of another size are an error.
    - `serving_default` is the default task's, or the first one's if that is not exported.
    - `mixed` takes `images` and `task`, int32 `(batch,)`: each row's own task, by its place in `tasks` and in
      `assets/tasks.txt`. `mixed_by_name` takes `task_name`, strings, in its place. Each task that occurs runs on its
      own rows. Logits are -1e9 and probabilities 0 for classes that a row's task does not have. They are there where
      two tasks or more have classes; a task without is unknown to them.
    - `TASK_image_bytes`, `mixed_image_bytes` and `mixed_by_name_image_bytes` take `image_bytes`, strings `(batch,)`, in
      the place of `images`: encoded images of any size, read and resized by the model's rule (`model.resizing`).

    The latter two kinds give `valid` `(batch,)`, too: False for a row that is no image that can be read, or whose task
    is unknown. All else of such a row is zero or an empty name, and the other rows are right.

    Each task runs its hard ordering or its mixture in a graph that all share: blocks in use, and norms of equal values,
    are stored once. The files hold no optimizer state and need neither Keras nor this package. They have names of tasks
    and classes in `assets/` and, for each signature and batch size of `warmup`, a request that a server runs before it
    says that the version is there. Before the version appears, under its name and by one renaming, a process without
    Keras reads it back and runs every signature. On a backend other than TensorFlow a child process writes the files.
    Beside the versions `models.config` and `batching.config` are written for a server, where they are missing.

    Args:
        model: a `ModNet`, on any Keras backend.
        folder: folder of the versions, made where it is missing; its name is the model's on a server.
        tasks: list of names of the tasks; default all.
        version: whole number from 0, the name of the folder in `folder`; default one more than the largest there,
            else 1.
        image_bytes: whether there are signatures for encoded images; needs one or three channels.
        top: how many classes are named at most.
        warmup: list of batch sizes; empty: no warm-up requests.

    Returns:
        `ExportedModel`: path, version, signatures, bytes and the largest difference that was found.

    Raises:
        ValueError: before anything is written: no `ModNet`, no or an unknown task, a version that is taken or no whole
            number, a folder that is a file, channels that encoded images cannot have, a count under one, a task name
            that would be the name of another signature too.
        ImportError: TensorFlow is not installed.
        RuntimeError: the files could not be written or read back, or answer otherwise than the model by more than 1e-4
            (half precision: 5e-2) of the largest logit or of 1, whichever is larger. Nothing is published then.
    """
    expect(isinstance(model, ModNet), "model", "a ModNet", type(model).__name__)
    folder = Path(folder).expanduser().resolve()
    choose_version(folder, version)
    tasks, options = _checked(model, folder, tasks, image_bytes, top, warmup)
    signatures = signatures_of({task: model.num_classes(task) for task in tasks}, options)
    _expect_tensorflow()
    network = served_network(model, tasks)
    write = write_saved_model if keras.backend.backend() == "tensorflow" else write_in_child
    with published(folder, version) as publication:
        fresh = publication.fresh
        write(network, fresh, options)
        difference = check_saved_model(fresh, model, tasks, signatures, top)
        size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file())
    write_server_files(folder, publication.version)
    names = tuple(signature.name for signature in signatures)
    return ExportedModel(publication.path, publication.version, names, size, difference)


def _checked(model, folder, tasks, image_bytes, top, warmup):
    """Returns the names of the tasks, and `ServingOptions`."""
    tasks = model.task_names if tasks is None else tasks
    listed = isinstance(tasks, list | tuple) and len(tasks) > 0 and len(set(tasks)) == len(tasks)
    expect(listed, "tasks", "a list with at least one task, each once", tasks)
    for task in tasks:
        expect_one_of("task", task, model.task_names)
    expect_bool("image_bytes", image_bytes)
    channels = model.image_shape[-1]
    fits = not image_bytes or channels in CHANNELS
    expect(fits, "image_bytes", f"False for images with other than {CHANNELS} channels", f"{channels} channels")
    expect_count("top", top)
    expect(isinstance(warmup, list | tuple), "warmup", "a list of batch sizes", warmup)
    for index, size in enumerate(warmup):
        expect_count(f"warmup[{index}]", size)
    default = model.default_task if model.default_task in tasks else tasks[0]
    sizes = tuple(int(size) for size in warmup)
    return list(tasks), ServingOptions(default, image_bytes, int(top), sizes, model_name(folder))


def _expect_tensorflow():
    if importlib.util.find_spec("tensorflow") is None:
        raise ImportError(
            "`export_saved_model` needs TensorFlow, which is not installed. Install it with "
            "`pip install 'keras_modnet[tensorflow]'`."
        )
