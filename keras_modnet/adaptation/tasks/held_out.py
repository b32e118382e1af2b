"""Images that are held out of an adaptation, and training that stops by them."""

import keras
import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.arrays import is_arrays, labelled_arrays, labelled_dataset
from keras_modnet.data.image_folders import ImageFolder


def split_data(expected, train_data, validation_data, share, seed):
    """Returns training and validation data, the latter a share of the former where one is asked for.

    Args:
        expected: `Expected` of the task.
        train_data: arrays, an `ImageFolder`, of which a share of each class is held out, or another dataset.
        validation_data: likewise, or None.
        share: from 0 to under 1; 0 holds nothing out.
        seed: fixes which images are held out.

    Raises:
        ValueError: a share of a dataset, beside validation data, or that leaves one side empty; validation data that
            the task cannot take.
    """
    if validation_data is not None:
        expect(share == 0, "validation_split", "0 where there are `validation_data`", share)
        return train_data, _validation_data(expected, validation_data)
    if share == 0:
        return train_data, None
    if isinstance(train_data, ImageFolder):
        return train_data.split(share, seed)
    expect(is_arrays(train_data), "validation_split", "0 where `train_data` are no arrays and no folder", share)
    arrays = labelled_arrays(expected, train_data, "train_data")
    count = len(arrays[0])
    held = round(share * count)
    expect(0 < held < count, "validation_split", f"a share of {count} images that leaves some", share)
    rows = np.random.default_rng(seed).permutation(count)
    kept, held_out = np.sort(rows[held:]), np.sort(rows[:held])
    return tuple(part[kept] for part in arrays), tuple(part[held_out] for part in arrays)


def _validation_data(expected, data):
    if is_arrays(data):
        return labelled_arrays(expected, data, "validation_data")
    return labelled_dataset(expected, data, batch_size=1, seed=0, argument="validation_data")


def stopping_callbacks(patience, validation_data, first_epoch):
    """Returns the callback that stops early and takes the best weights back; nothing without `patience`.

    Args:
        patience: epochs without a lower validation loss, or None.
        validation_data: what the loss is measured on.
        first_epoch: epochs that do not count, since what trains in them is not what will run.
    """
    if patience is None:
        return []
    expect(validation_data is not None, "patience", "None where there are no validation data", patience)
    options = {"start_from_epoch": first_epoch, "restore_best_weights": True}
    return [keras.callbacks.EarlyStopping("val_loss", patience=patience, **options)]
