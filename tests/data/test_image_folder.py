"""A folder of images, a folder a class, is read as Keras lists it, and what is wrong with it is named."""

import keras
import numpy as np
import pytest

from keras_modnet import ImageFolder, read_images
from keras_modnet.data import file_arrays
from keras_modnet.data.expected import Expected
from keras_modnet.data.image_folders import opened
from tests.data.made_folders import SHAPE, make_folder


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "photos", {"dog": 3, "cat": 5})


def read(folder, **options):
    return ImageFolder(folder, SHAPE, "stretch", **options)


def shown(batches):
    images, labels = zip(*(batches[index] for index in range(len(batches))), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def test_classes_are_the_folders_by_name_and_hidden_files_are_none(folder):
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "cat" / ".DS_Store").write_bytes(b"x")
    (folder / "cat" / "Thumbs.db").write_bytes(b"x")
    (folder / ".git").mkdir()
    photos = read(folder)
    assert photos.class_names == ("cat", "dog")
    assert photos.counts() == {"cat": 5, "dog": 3}
    listed = keras.utils.image_dataset_from_directory if keras.backend.backend() == "tensorflow" else None
    assert [file.rpartition("photos/")[2] for file in photos.files][4:6] == ["cat/4.png", "dog/0.png"]
    if listed is not None:
        (folder / "cat" / "Thumbs.db").unlink()
        assert listed(folder, shuffle=False, verbose=False).file_paths == list(photos.files)


def test_images_are_those_of_read_images_each_with_its_label_once_an_epoch(folder):
    images, labels = shown(read(folder, batch_size=3))
    # Every picture is of one value, ten times the place of its class and its own.
    assert sorted(zip(images[:, 0, 0, 0].round(3), labels, strict=True)) == [
        *((10.0 * place, 0) for place in range(5)),
        *((100.0 + 10 * place, 1) for place in range(3)),
    ]
    ordered = read(folder).in_order()
    np.testing.assert_array_equal(shown(ordered)[0], read_images(list(ordered.files), SHAPE, "stretch"))


def test_epochs_have_orders_of_their_own_which_the_seed_fixes(folder):
    first, second = read(folder, seed=1), read(folder, seed=1)
    orders = []
    for epoch in range(2):
        first.set_epoch(epoch)
        second.set_epoch(epoch)
        np.testing.assert_array_equal(first[0][0], second[0][0])
        orders.append(first[0][1].tolist())
    assert orders[0] != orders[1]


def test_of_each_class_a_share_is_held_out_and_nothing_twice(folder):
    train, validation = read(folder, augmentation="crop_flip").split(0.3, seed=2)
    assert (train.counts(), validation.counts()) == ({"cat": 3, "dog": 2}, {"cat": 2, "dog": 1})
    assert sorted([*train.files, *validation.files]) == sorted(read(folder).files)
    again = [read(folder).split(0.3, seed)[1].files for seed in (2, 2, 3, 4, 5)]
    assert validation.files == again[0] == again[1]
    assert len(set(again)) > 1
    # What is held out is as it is.
    np.testing.assert_array_equal(shown(validation)[0], read_images(list(validation.files), SHAPE, "stretch"))


def test_augmentation_follows_from_seed_epoch_and_batch(folder):
    photos, again, plain = (read(folder, augmentation=kind, seed=3) for kind in ("crop_flip", "crop_flip", None))
    np.testing.assert_array_equal(photos[0][0], again[0][0])
    assert not np.array_equal(photos[0][0], plain[0][0])
    np.testing.assert_array_equal(photos.without_augmentation()[0][0], plain[0][0])
    layers = read(folder, augmentation=[keras.layers.RandomBrightness((0.5, 0.5), value_range=(0, 255))])
    np.testing.assert_allclose(layers[0][0], np.minimum(read(folder)[0][0] + 127.5, 255))


def test_images_beyond_the_bound_are_read_again(folder, monkeypatch):
    bytes_of_one = 4 * int(np.prod(SHAPE))
    monkeypatch.setattr(file_arrays, "MAX_KEPT_BYTES", 2 * bytes_of_one)
    photos, calls = read(folder).in_order(), []
    read_file = file_arrays.fitted_files
    monkeypatch.setattr(file_arrays, "fitted_files", lambda *args: calls.append(args) or read_file(*args))
    assert len(shown(photos)[1]) == 8
    assert len(calls) == 6


def test_a_file_that_is_no_image_is_named_or_left_out_with_one_warning(folder):
    bad = folder / "cat" / "notes.txt"
    bad.write_text("no image")
    with pytest.raises(ValueError, match=r"cat/notes\.txt: expected a JPEG, .*; found a text file"):
        read(folder)
    with pytest.warns(UserWarning, match=r"left out, as no whole image, 1 of the files: .*notes\.txt: expected"):
        photos = read(folder, skip_bad_images=1)
    assert list(photos.skipped) == [str(bad)]
    assert photos.counts() == {"cat": 5, "dog": 3}
    (folder / "dog" / "0.png").write_bytes(b"\x89PNG")
    with pytest.raises(ValueError, match=r"`skip_bad_images` must be at least the number of bad images, 2: .*0\.png"):
        read(folder, skip_bad_images=1)


def test_a_class_of_bad_images_alone_is_refused(tmp_path):
    folder = make_folder(tmp_path, {"cat": 2, "dog": 0})
    (folder / "dog" / "a.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"a whole image of each class\. Received: \['dog'\]"):
        read(folder, skip_bad_images=1)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (None, "the path of a folder .* no such folder"),
        ({}, "a folder of images for each class. Received: .*: 0 files and no folder"),
        ({"cat": 2}, "at least two classes. Received: .*: cat alone"),
        ({"cat": 2, "dog": 0}, r"at least one image of each class\. Received: .*dog: empty"),
    ],
)
def test_folders_that_hold_no_classes_are_refused(tmp_path, classes, message):
    folder = tmp_path / "photos"
    if classes is not None:
        make_folder(folder, classes)
    with pytest.raises(ValueError, match=f"`folder` must be .*{message}"):
        read(folder)


def test_a_class_of_one_image_cannot_be_split(tmp_path):
    with pytest.raises(ValueError, match=r"at least two images of each class, .* one image of class 1"):
        read(make_folder(tmp_path, {"cat": 2, "dog": 1})).split(0.5)


def test_labels_follow_the_names_of_a_task(folder):
    expected = Expected(SHAPE, "stretch", {"pets": 3}, False, {"pets": ("dog", "fox", "cat")})
    photos = opened(expected, folder, "x")
    assert photos.counts() == {"dog": 3, "fox": 0, "cat": 5}
    with pytest.raises(ValueError, match=r"a folder of the classes dog, fox\. Received: '.*cat'"):
        opened(Expected(SHAPE, "stretch", {"pets": 2}, False, {"pets": ("dog", "fox")}), folder, "x")
    with pytest.raises(ValueError, match="`x` must be a folder of the 3 classes of the task pets"):
        opened(Expected(SHAPE, "stretch", {"pets": 3}, False), folder, "x")
    with pytest.raises(ValueError, match=r"read with class_names=model\.class_names\['pets'\]"):
        read(folder).expect_for(expected, "x")
