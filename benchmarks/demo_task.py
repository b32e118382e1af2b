"""Scikit-learn's handwritten digits as a task that the bank never saw, learned in several ways."""

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import keras_modnet
from training.data import to_shape
from training.seeds import machine

PRESET = "digits_reuse"
TASK = "optdigits"
NUM_TRAIN = 500
BATCH_SIZE = 50

# Parts that train; every method starts from the same copied ordering and norms, with the same fresh head.
RANDOM = "random ordering, statistics + head (control)"
METHODS = {
    "linear probe": ("head",),
    RANDOM: ("statistics", "head"),
    "statistics + head (control)": ("statistics", "head"),
    "ordering + head": ("ordering", "statistics", "head"),
    "ordering + norms + head": ("ordering", "norm", "head"),
    "full fine-tune": ("norm", "head", "bank", "stem"),
}


def compare(num_seeds, epochs):
    """Adapts the preset to the task in every way, over several seeds.

    Args:
        num_seeds: seeds of each method.
        epochs: epochs of each method.

    Returns:
        `(results, model)`: plain data for JSON, and the model of the last seed with "ordering + norms + head".
    """
    images, labels = digits()
    runs, kept = [], None
    for seed in range(num_seeds):
        train_images, test_images, train_labels, test_labels = train_test_split(
            images, labels, train_size=NUM_TRAIN, stratify=labels, random_state=seed
        )
        for method, parts in METHODS.items():
            data = train_images, train_labels
            model, result = adapt(data, parts, seed, epochs, random_ordering=method == RANDOM)
            accuracy = test_accuracy(model, test_images, test_labels)
            runs.append(_run(method, seed, result, accuracy))
            print(f"seed {seed}  {method:<28} {accuracy:6.2f} %  {result.seconds:5.1f} s", flush=True)
            kept = model if method == "ordering + norms + head" else kept
    setting = {
        "preset": PRESET,
        "source_task": source_task(),
        "epochs": epochs,
        "train_images": NUM_TRAIN,
        "test_images": len(labels) - NUM_TRAIN,
        "batch_size": BATCH_SIZE,
        "command": "python -m benchmarks.demo",
    }
    return {"setting": setting, "runs": runs, "machine": machine()}, kept


def source_task():
    """Returns the task whose ordering and norms the new one starts with: the preset's first."""
    return keras_modnet.list_presets()[PRESET].tasks[0]


def digits():
    """Returns uint8 images `(1797, 28, 28, 1)` and labels: scikit-learn's copy of the UCI optical digits test set."""
    bundle = load_digits()
    pixels = np.rint(bundle.images * (255 / 16)).astype("uint8")[..., None]
    return to_shape(pixels, (28, 28, 1)), bundle.target.astype("int32")


def adapt(data, parts, seed, epochs, random_ordering=False):
    """Returns the preset's model with the new task, and the `AdaptationResult`."""
    keras.utils.set_random_seed(seed)
    model = keras_modnet.from_preset(PRESET)
    model.add_task(TASK, num_classes=10, init_from=source_task())
    if random_ordering:
        num_steps, num_blocks = model.ordering(TASK).weights.shape
        model.set_ordering(TASK, np.random.default_rng(seed).integers(0, num_blocks, num_steps).tolist())
    result = keras_modnet.adapt_task(
        model, TASK, data, parts=parts, epochs=epochs, batch_size=BATCH_SIZE, seed=seed, verbose=0
    )
    return model, result


def test_accuracy(model, images, labels):
    """Returns accuracy in percent."""
    with model.use_task(TASK):
        logits = model.predict(images, batch_size=500, verbose=0)
    return 100 * float((logits.argmax(-1) == labels).mean())


def _run(method, seed, result, accuracy):
    return {
        "method": method,
        "seed": seed,
        "accuracy_percent": accuracy,
        "trained_parameters": result.trained_parameters,
        "seconds": result.seconds,
        "ordering_before": list(result.ordering_before.blocks),
        "ordering_after": list(result.ordering_after.blocks),
    }
