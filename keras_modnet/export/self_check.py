"""Proves that the files on the disk answer as the model does, before anybody can be served from them."""

import tempfile
from pathlib import Path

import keras
import numpy as np

from keras_modnet.export.children import run_child
from keras_modnet.export.signatures import DEFAULT_SIGNATURE

READ_BACK = Path(__file__).with_name("read_back.py")
BATCH_SIZE = 2
# Shares of the largest logit (of 1 where that is smaller): two orders of summation, in float32 and in bfloat16.
TOLERANCES = {"float32": 1e-4}
HALF_TOLERANCE = 5e-2


def check_saved_model(folder, model, signatures, default):
    """Runs every signature of a SavedModel in a process without Keras and compares with the model.

    Args:
        folder: path of the SavedModel.
        model: the `ModNet` that it was made from.
        signatures: `{signature name: task}` that it must have; None stands for the default task.
        default: the default task.

    Returns:
        The largest difference of any logit or probability.

    Raises:
        RuntimeError: it cannot be read, has other signatures, or differs from the model by more than the tolerance.
    """
    images = np.random.default_rng(0).integers(0, 256, (BATCH_SIZE, *model.image_shape)).astype("uint8")
    tasks = {name: default if name == DEFAULT_SIGNATURE else task for name, task in signatures.items()}
    expected = expected_answers(model, sorted(set(tasks.values())), images)
    answers = read_answers(folder, images)
    wanted = {f"{name}/{output}": values for name, task in tasks.items() for output, values in expected[task].items()}
    if set(answers) != set(wanted):
        raise RuntimeError(
            f"The SavedModel must give {sorted(wanted)}. Received: {sorted(answers)}. None is published."
        )
    largest = max(float(np.max(np.abs(answers[name] - values))) for name, values in wanted.items())
    scale = max(1.0, *(float(np.max(np.abs(values))) for values in wanted.values()))
    limit = scale * TOLERANCES.get(model.compute_dtype, HALF_TOLERANCE)
    # So that NaN fails.
    if not largest <= limit:
        raise RuntimeError(
            f"The SavedModel must answer as the model does, within {limit:.2g}. Received: a difference of "
            f"{largest:.3g}. None is published."
        )
    return largest


def expected_answers(model, tasks, images):
    """Returns `{task: {"logits": array, "probabilities": array}}` of the model itself, or `{"features": array}`.

    Computed by a copy on the CPU: accelerators round the factors of float32 products, which is no fault of the files.
    """
    with keras.device("cpu:0"):
        copy = type(model).from_config(model.get_config())
        values = model.named_variables()
        for name, variable in copy.named_variables().items():
            variable.assign(keras.ops.convert_to_numpy(values[name]))
        logits = copy({task: keras.ops.convert_to_tensor(images, "float32") for task in tasks}, training=False)
    logits = {task: keras.ops.convert_to_numpy(values) for task, values in logits.items()}
    return {task: _outputs(values, model.num_classes(task)) for task, values in logits.items()}


def read_answers(folder, images):
    """Returns `{"signature/output": array}` as a process without Keras reads them from a SavedModel."""
    with tempfile.TemporaryDirectory() as scratch:
        given, answers = Path(scratch) / "images.npy", Path(scratch) / "answers.npz"
        np.save(given, images)
        paths = ["--images", str(given), "--answers", str(answers)]
        run_child("read the SavedModel back", [str(READ_BACK), str(folder), *paths])
        with np.load(answers) as arrays:
            return dict(arrays)


def _outputs(values, num_classes):
    return {"features": values} if num_classes is None else {"logits": values, "probabilities": _softmax(values)}


def _softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
