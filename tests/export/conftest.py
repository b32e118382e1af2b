"""One exported model for many tests. Most run on the TensorFlow backend alone; one of them exports from JAX."""

from pathlib import Path

import keras
import numpy as np
import pytest

ON_EVERY_BACKEND = (
    "test_8_bits_from_any_backend.py",
    "test_saved_features.py",
    "test_server_files.py",
    "test_versions.py",
)
collect_ignore = [
    path.name
    for path in Path(__file__).parent.glob("test_*.py")
    if keras.backend.backend() != "tensorflow" and path.name not in ON_EVERY_BACKEND
]

TASKS = {
    "digits": {"num_classes": 3, "class_names": ["one", "two", "three"]},
    "letters": 2,
    "marks": {"num_classes": 4, "num_steps": 1, "class_names": ["dot", "dash", "comma", "line\nend"]},
    "vectors": None,
}
ORDERINGS = {"digits": [2, 0, 2], "letters": [0, 2, 2], "marks": [0], "vectors": [2, 2, 0]}


@pytest.fixture(scope="session")
def give_norms():
    """Returns the function that gives each task of a model norms of its own."""

    def give(model):
        generator = np.random.default_rng(2)
        for name, variable in model.named_variables().items():
            if name.endswith("offset"):
                variable.assign(generator.uniform(-1, 1, variable.shape).astype("float32"))

    return give


@pytest.fixture(scope="session")
def serving_model(make_model, give_norms):
    """A model of four tasks: other classes, other steps, with names and without, and one that gives features."""
    model = make_model(compiled=False, tasks=TASKS)
    for task, blocks in ORDERINGS.items():
        model.set_ordering(task, blocks)
    give_norms(model)
    model.default_task = "letters"
    return model


@pytest.fixture(scope="session")
def exported(serving_model, tmp_path_factory):
    """It, exported."""
    from keras_modnet.export import export_saved_model

    return export_saved_model(serving_model, tmp_path_factory.mktemp("saved_models") / "marks", top=2, warmup=(1, 3))


@pytest.fixture(scope="session")
def served(exported):
    """It, loaded by TensorFlow."""
    import tensorflow as tf

    return tf.saved_model.load(exported.path)


@pytest.fixture(scope="session")
def server(exported):
    """A `ModelServer` of it, started with the `models.config` that was written, its label in use."""
    from model_server import ModelServer

    folder = exported.path.parent
    config = folder.parent / "models.config"
    # The example of a label, without its comment sign, as a person would put it into use.
    config.write_text((folder / "models.config").read_text().replace("# version_labels", "version_labels"))
    with ModelServer(config, {"/models/marks": folder}) as server:
        yield server


@pytest.fixture(scope="session")
def write_tasks():
    """Returns `write_tasks(model, folder, tasks=None, **options)`, which writes a SavedModel without checking it."""
    from keras_modnet.export.network import served_network
    from keras_modnet.export.saved_files import write_saved_model
    from keras_modnet.export.signatures import ServingOptions

    def write(model, folder, tasks=None, image_bytes=False, top=5, warmup=()):
        tasks = list(model.task_names) if tasks is None else tasks
        options = ServingOptions(tasks[0], image_bytes, top, warmup, "model")
        write_saved_model(served_network(model, tasks), folder, options)
        return folder

    return write


@pytest.fixture(scope="session")
def logits_of():
    """Returns `logits_of(model, task, images)`: the model's own answer, an array."""
    return lambda model, task, images: keras.ops.convert_to_numpy(model({task: images})[task])
