"""`load` gives the same parts of a data set every time, and knows the data sets by name."""

import sys

import numpy as np
import pytest

from training.data import DATA_SETS, describe, load


@pytest.fixture
def folder(tmp_path):
    """Twenty-five training images, each filled with its own number, which is its label too; two test images."""
    numbers = np.arange(25, dtype="uint8")
    images = np.broadcast_to(numbers[:, np.newaxis, np.newaxis], (25, 2, 2))
    np.savez(tmp_path / "own.npz", x_train=images, y_train=numbers, x_test=images[:2], y_test=numbers[:2])
    return tmp_path


def test_train_and_test_come_whole_in_stored_order(folder):
    assert load("own", "train", folder)[1].tolist() == list(range(25))
    assert load("own", "test", folder)[1].tolist() == [0, 1]


def test_fit_and_validation_part_train(folder):
    fit, validation = load("own", "fit", folder)[1], load("own", "validation", folder)[1]
    assert len(validation) == 2  # a tenth of 25, rounded down
    assert sorted([*fit, *validation]) == list(range(25))


def test_validation_is_the_end_of_the_seed_0_permutation(folder):
    expected = np.random.default_rng(0).permutation(25)[23:]
    assert load("own", "validation", folder)[1].tolist() == expected.tolist()


@pytest.mark.parametrize("split", ["fit", "validation"])
def test_labels_stay_with_their_images(folder, split):
    images, labels = load("own", split, folder)
    assert images[:, 1, 1, 0].tolist() == labels.tolist()


def test_fewer_than_ten_images_are_not_parted(tmp_path):
    np.savez(tmp_path / "few.npz", x_train=np.zeros((9, 2, 2), "uint8"), y_train=np.zeros(9, "uint8"))
    with pytest.raises(ValueError, match=r"`split` must be 'train' or 'test' where .* fewer than 10 .* 'validation'"):
        load("few", "validation", tmp_path)


def test_a_domain_follows_a_slash(tmp_path):
    np.savez(tmp_path / "pacs.npz", photo_x_test=np.zeros((1, 2, 2), "uint8"), photo_y_test=np.array([4]))
    assert load("pacs/photo", "test", tmp_path)[1].tolist() == [4]


@pytest.mark.parametrize("name", ["../own", "a/b/c", "", "own.npz"])
def test_a_name_is_no_path(folder, name):
    with pytest.raises(ValueError, match=r"`name` must be 'file' or 'file/domain' .* Received: "):
        load(name, "train", folder)


def test_an_unknown_split_is_refused(folder):
    with pytest.raises(ValueError, match=r"`split` must be one of 'train', 'fit', .* Received: 'valid'"):
        load("own", "valid", folder)


def test_without_a_folder_the_name_must_be_known():
    with pytest.raises(ValueError, match=r"`name` must be one of 'mnist', .* unless `data_dir` is given.* 'own'"):
        load("own", "train")


def test_a_label_beyond_the_classes_of_a_known_data_set_is_refused(tmp_path):
    np.savez(tmp_path / "letters.npz", x_test=np.zeros((1, 16, 8), "uint8"), y_test=np.array([26]))
    with pytest.raises(ValueError, match=r"`labels of letters` must be below 26, .* Received: '26 for image 0'"):
        load("letters", "test", tmp_path)


def test_without_tensorflow_datasets_the_error_says_both_ways_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # what an import finds where it is not installed
    with pytest.raises(ImportError, match=r"pip install keras_modnet\[train\].* or pass `data_dir`.*: tensorflow\."):
        load("mnist", "train")


def test_every_data_set_states_its_terms():
    domains = {f"pacs/{domain}" for domain in ("art_painting", "cartoon", "photo", "sketch")}
    others = {"mnist", "fashion_mnist", "cifar10", "letters", "tiny_imagenet", "imagenet2012"}
    assert set(DATA_SETS) == others | domains
    assert all(row.name == name and row.terms and row.citation for name, row in DATA_SETS.items())


def test_a_known_data_set_is_described_and_an_unknown_one_refused():
    assert (describe("letters").num_classes, describe("letters").image_shape) == (26, (16, 8, 1))
    with pytest.raises(ValueError, match=r"`name` must be one of .*'letters'.*\. Received: 'ocr_letters'"):
        describe("ocr_letters")
