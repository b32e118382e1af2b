"""Reads a split through tensorflow-datasets."""

import importlib

import numpy as np

READ_BATCH = 1024


def read_tfds(tfds_name, split):
    """Reads a whole split of a supervised image data set.

    Args:
        tfds_name: name of the builder, with an `image` and a `label`.
        split: `"train"` or `"test"`.

    Returns:
        A pair: images, uint8 `(n, height, width, channels)`, and labels, int32 `(n,)`, in the stored order.

    Raises:
        ImportError: if tensorflow-datasets, or TensorFlow, which it reads with, is not installed.
    """
    tfds = import_tfds()
    # Batches, not `batch_size=-1`: that asks for one batch of as many images as all splits hold together.
    dataset = tfds.load(tfds_name, split=split, as_supervised=True, batch_size=READ_BATCH)
    batches = list(tfds.as_numpy(dataset))
    images = np.concatenate([images for images, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    return images, labels.astype("int32")


def import_tfds():
    """Returns tensorflow-datasets, with the builders of this package; `ImportError` where it or TensorFlow lacks."""
    try:
        importlib.import_module("tensorflow")
        tfds = importlib.import_module("tensorflow_datasets")
        # A builder is registered by its import.
        importlib.import_module("training.data.ocr_letters")
        importlib.import_module("training.data.pacs")
        importlib.import_module("training.data.tiny_imagenet")
    except ImportError as error:
        raise ImportError(
            "`load` by name needs tensorflow-datasets and TensorFlow: `pip install keras_modnet[train]` and "
            "`keras_modnet[tensorflow]`, or pass `data_dir`, a folder of array files. "
            f"Not found: {error.name}."
        ) from error
    return tfds
