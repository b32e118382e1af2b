"""Images that are held out of an adaptation, and training that stops by them."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count


def hold_out(train_data, validation_data, share, seed):
    """Returns training and validation data, the latter a share of the arrays of the former where one is asked for.

    Args:
        train_data: a pair of arrays, or a dataset.
        validation_data: likewise, or None.
        share: from 0 to under 1; 0 holds nothing out.
        seed: fixes which images are held out.

    Raises:
        ValueError: a share outside its range, of a dataset, beside validation data, or that leaves one side empty.
    """
    expect(0 <= share < 1, "validation_split", "a share from 0 to under 1", share)
    if share == 0:
        return train_data, validation_data
    expect(validation_data is None, "validation_split", "0 where there are `validation_data`", share)
    arrays = isinstance(train_data, tuple | list) and len(train_data) == 2
    expect(arrays, "validation_split", "0 where `train_data` are no pair of arrays", share)
    images, labels = (np.asarray(keras.ops.convert_to_numpy(array)) for array in train_data)
    held = round(share * len(images))
    expect(0 < held < len(images), "validation_split", f"a share of {len(images)} images that leaves some", share)
    rows = np.random.default_rng(seed).permutation(len(images))
    kept, held_out = np.sort(rows[held:]), np.sort(rows[:held])
    return (images[kept], labels[kept]), (images[held_out], labels[held_out])


def stopping(patience, validation_data, first_epoch):
    """Returns the callback that stops early and takes the best weights back; nothing without `patience`.

    Args:
        patience: epochs without a lower validation loss, or None.
        validation_data: what the loss is measured on.
        first_epoch: epochs that do not count, since what trains in them is not what will run.
    """
    if patience is None:
        return []
    expect_count("patience", patience)
    expect(validation_data is not None, "patience", "None where there are no validation data", patience)
    options = {"start_from_epoch": first_epoch, "restore_best_weights": True}
    return [keras.callbacks.EarlyStopping("val_loss", patience=patience, **options)]
