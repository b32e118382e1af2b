"""`load` by name reads through tensorflow-datasets. Its own fake data stands for the download."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from training.data import DATA_SETS, load


@pytest.fixture(autouse=True)
def fake_data(tmp_path):
    with tfds.testing.mock_data(num_examples=20, data_dir=str(tmp_path)):
        yield


@pytest.mark.parametrize("name", [name for name, row in DATA_SETS.items() if row.image_shape is not None])
def test_every_known_data_set_has_a_builder_of_the_stated_shape(name):
    images, labels = load(name, "test")
    assert (images.shape, images.dtype) == ((20, *DATA_SETS[name].image_shape), np.uint8)
    assert (labels.shape, labels.dtype) == ((20,), np.int32)


def test_validation_is_the_end_of_the_seed_0_permutation_here_too():
    images, labels = load("mnist", "train")
    rows = np.random.default_rng(0).permutation(20)[18:]
    validation_images, validation_labels = load("mnist", "validation")
    np.testing.assert_array_equal(validation_images, images[rows])
    np.testing.assert_array_equal(validation_labels, labels[rows])


def test_classes_agree_with_the_builder():
    for name, row in DATA_SETS.items():
        assert tfds.builder(row.tfds_name).info.features["label"].num_classes == row.num_classes, name
