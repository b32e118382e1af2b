"""Images a second of the input alone, of the training alone, and of both together."""

import numpy as np

from benchmarks.shared.tables import markdown, ratio
from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.figures import Promise
from benchmarks.speed.networks import CLASSES, TASK, cell_of, compiled, image_shape, make_modnet
from training.data import ImageBatches, as_tf_dataset, augmentation

# Images of 64 x 64 pixels on the map of the other sections.
SIDE, PATCH_SIZE, BATCHES, REPEATS = 8, 8, 8, 5
INPUTS = {
    "arrays": (False, "none"),
    "arrays, moved and mirrored": (False, "crop_flip"),
    "arrays, RandAugment": (False, "randaugment"),
    "PNG files from memory, moved and mirrored": (True, "crop_flip"),
}
ALONE, TRAINING, BOTH = "input alone", "training alone", "both"


def jobs(backends, smoke):
    """Returns one job, on the first backend; tf.data needs TensorFlow whichever it is.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    backend, cell = backends[0], {} if smoke else {"side": SIDE, "patch_size": PATCH_SIZE}
    return [{"name": f"input_{backend}", "backend": backend, "cell": cell, "needs": ["tensorflow"]}]


def run(job):
    """Reads batches, trains on one batch again and again, and trains on batches that are read, in turn.

    Args:
        job: the one of `jobs`.

    Returns:
        "images": of each pass; "rows": for each of `INPUTS` `timing.summary` against the training alone.
    """
    cell, seed = cell_of(job), job["seed"]
    batches = 2 if job["smoke"] else BATCHES
    count = batches * cell["batch_size"]
    images = np.random.default_rng(seed).integers(0, 256, (count, *image_shape(cell))).astype("uint8")
    labels = np.arange(count) % CLASSES
    model = compiled(make_modnet(cell, seed).task(TASK))
    rows = {}
    for name in list(INPUTS)[-1:] if job["smoke"] else INPUTS:
        encoded, kind = INPUTS[name]
        augment = augmentation(kind, image_shape(cell), seed)
        make = _png_dataset if encoded else _array_dataset
        dataset = make(images, labels, cell["batch_size"], augment, seed)
        found = interleaved(_functions(model, dataset, batches), 2 if job["smoke"] else REPEATS)
        rows[name] = summary(found, TRAINING)
    return {"images": count, "rows": rows}


def _functions(model, dataset, batches):
    one = next(iter(dataset.take(1).as_numpy_iterator()))
    return {
        ALONE: lambda: [None for _ in dataset],
        TRAINING: lambda: [model.train_on_batch(*one) for _ in range(batches)],
        BOTH: lambda: model.fit(dataset, shuffle=False, verbose=0),
    }


def _array_dataset(images, labels, batch_size, augment, seed):
    return as_tf_dataset(ImageBatches(images, labels, batch_size, seed=seed, augment=augment))


def _png_dataset(images, labels, batch_size, augment, seed):
    """Returns a dataset that decodes PNG files that lie in memory, and changes each batch as the arrays' are."""
    import tensorflow as tf

    files = [tf.io.encode_png(image).numpy() for image in images]

    def decoded(file, label):
        return tf.ensure_shape(tf.io.decode_png(file, channels=3), images.shape[1:]), label

    def augmented(index, batch):
        changed = tf.numpy_function(lambda own, draw: augment(own, int(draw)), (batch[0], index), tf.float32)
        return tf.ensure_shape(changed, batch[0].shape), batch[1]

    dataset = tf.data.Dataset.from_tensor_slices((files, labels.astype("int32")))
    dataset = dataset.shuffle(len(files), seed=seed).map(decoded, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.batch(batch_size, drop_remainder=True).enumerate().map(augmented).prefetch(2)


def promises(runs):
    """Returns what was promised of the input beside what was measured."""
    return [
        Promise(
            f"input alone over training alone, {name}, {run['backend']}: at most 1.00",
            ratio(own[ALONE]),
            own[ALONE]["ratio"] <= 1,
        )
        for run in runs
        for name, own in run["rows"].items()
    ]


def table(runs):
    """Returns the table of the input as Markdown."""
    header = ["images a second", ALONE, TRAINING, BOTH, "time of both over training alone"]
    rows = []
    for run in runs:
        for name, own in run["rows"].items():
            rates = [f"{run['images'] / own[key]['median']:,.0f}" for key in (ALONE, TRAINING, BOTH)]
            rows.append([f"{name}, {run['backend']}", *rates, ratio(own[BOTH])])
    return markdown(header, rows)
