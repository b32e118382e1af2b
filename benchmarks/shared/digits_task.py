"""Scikit-learn's digits as a task that the bank never saw, learned in several ways from one of the bank's tasks."""

import logging

import keras
import numpy as np
from sklearn.model_selection import train_test_split

import keras_modnet
from benchmarks.shared.optdigits import digits

PRESET = "digits_reuse"
TASK = "optdigits"
NUM_TRAIN = 500
BATCH_SIZE = 50
LEARNING_RATE = 1e-2

# Parts that train; every method starts from the same copied ordering and norms, with the same fresh head.
RANDOM = "random ordering, statistics + head (control)"
DRAWN = "ordering drawn in training + head"
METHODS = {
    "linear probe": ("head",),
    RANDOM: ("statistics", "head"),
    "statistics + head (control)": ("statistics", "head"),
    "ordering + head": ("ordering", "statistics", "head"),
    "ordering + norms + head": ("ordering", "norm", "head"),
    "full fine-tune": ("norm", "head", "bank", "stem"),
}
# Asked for by name only: the demo itself searches as `adapt_task` does by default for so many images.
OTHER_METHODS = {DRAWN: ("ordering", "statistics", "head")}


def common_setting(epochs):
    """Returns what all runs have in common, as plain data."""
    return {
        "preset": PRESET,
        "epochs": epochs,
        "train_images": NUM_TRAIN,
        "test_images": len(digits()[1]) - NUM_TRAIN,
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE,
    }


def run_job(method, seed, epochs, source, folder=None):
    """Runs one method with one seed.

    Args:
        method: key of `METHODS` or `OTHER_METHODS`.
        seed: fixes the split, the order of the images and the new head.
        epochs: epochs.
        source: task of the preset whose ordering and norms the new one starts with.
        folder: where to save the adapted model as a preset, or None.

    Returns:
        Plain data of the run.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    images, labels = digits()
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, train_size=NUM_TRAIN, stratify=labels, random_state=seed
    )
    data = train_images, train_labels
    parts = (METHODS | OTHER_METHODS)[method]
    # By name, so that a toy of few images searches, too.
    search = ("gumbel" if method == DRAWN else "coordinate") if "ordering" in parts else None
    model, result = adapt(data, parts, seed, epochs, source, method == RANDOM, search)
    if folder is not None:
        model.save_to_preset(folder)
    return {
        "method": method,
        "source": source,
        "seed": seed,
        "accuracy_percent": test_accuracy(model, test_images, test_labels),
        "trained_parameters": result.trained_parameters,
        "seconds": result.seconds,
        "ordering_before": list(result.ordering_before.blocks),
        "ordering_after": list(result.ordering_after.blocks),
    }


def source_task():
    """Returns the task whose ordering and norms the new one starts with: the preset's first."""
    return keras_modnet.list_presets()[PRESET].tasks[0]


def adapt(data, parts, seed, epochs, source, random_ordering=False, search=None):
    """Returns the preset's model with the new task, and the `AdaptationResult`."""
    keras.utils.set_random_seed(seed)
    model = keras_modnet.from_preset(PRESET)
    model.add_task(TASK, num_classes=10, init_from=source)
    if random_ordering:
        num_steps, num_blocks = model.ordering(TASK).weights.shape
        model.set_ordering(TASK, np.random.default_rng(seed).integers(0, num_blocks, num_steps).tolist())
    result = keras_modnet.adapt_task(
        model,
        TASK,
        data,
        parts=parts,
        epochs=epochs,
        learning_rate=LEARNING_RATE,
        search=search,
        batch_size=BATCH_SIZE,
        seed=seed,
        verbose=0,
    )
    return model, result


def test_accuracy(model, images, labels):
    """Returns accuracy in percent."""
    logits = model.task(TASK).predict(images, batch_size=500, verbose=0)
    return 100 * float((logits.argmax(-1) == labels).mean())
