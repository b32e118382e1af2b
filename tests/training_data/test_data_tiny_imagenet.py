"""The builder of Tiny ImageNet, from a made-up archive of two classes, through tensorflow-datasets' own preparation."""

import zipfile
from unittest import mock

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from training.data import load, tiny_imagenet
from training.data.tiny_imagenet import TinyImagenet, parse_annotation, parse_wnids

FIRST, SECOND = "n01443537", "n02124075"  # sorted; the archive lists them the other way round, as the real one may
RED, GREY, BLUE = (200, 20, 40), 90, (10, 30, 210)
ANNOTATIONS = f"val_0.JPEG\t{SECOND}\t0\t32\t44\t62\nval_1.JPEG\t{FIRST}\t52\t55\t57\t59\n"


def save(path, mode, color):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (64, 64), color).save(path, format="JPEG", quality=95)


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Folder of an unpacked archive of two classes: two images and one to train on, two to test on; one is grey."""
    monkeypatch.setattr(tiny_imagenet, "NUM_CLASSES", 2)
    root = tmp_path / "source" / "tiny-imagenet-200"
    save(root / "train" / FIRST / "images" / f"{FIRST}_0.JPEG", "RGB", RED)
    save(root / "train" / FIRST / "images" / f"{FIRST}_1.JPEG", "RGB", RED)
    save(root / "train" / SECOND / "images" / f"{SECOND}_0.JPEG", "L", GREY)
    save(root / "val" / "images" / "val_0.JPEG", "L", GREY)
    save(root / "val" / "images" / "val_1.JPEG", "RGB", BLUE)
    save(root / "test" / "images" / "test_0.JPEG", "RGB", BLUE)
    (root / "train" / FIRST / f"{FIRST}_boxes.txt").write_text(f"{FIRST}_0.JPEG\t0\t0\t62\t63\n", "ascii")
    (root / "val" / "val_annotations.txt").write_text(ANNOTATIONS, "ascii")
    (root / "wnids.txt").write_text(f"{SECOND}\n{FIRST}\n", "ascii")
    return root.parent


def prepare(archive, tmp_path):
    builder = TinyImagenet(data_dir=str(tmp_path / "prepared"))
    with mock.patch.object(tfds.download.DownloadManager, "download_and_extract", return_value=archive) as download:
        builder.download_and_prepare()
    assert download.call_args.args[0].endswith("/tiny-imagenet-200.zip")
    return builder


def read(builder, split):
    """Returns the images of a split in the order of their labels: `[(image, label), ...]`."""
    examples = tfds.as_numpy(builder.as_dataset(split=split, as_supervised=True))
    return sorted(examples, key=lambda example: int(example[1]))


def test_train_takes_its_labels_from_the_folders(archive, tmp_path):
    examples = read(prepare(archive, tmp_path), "train")
    assert [int(label) for _, label in examples] == [0, 0, 1]
    for (image, _), color in zip(examples, [RED, RED, (GREY,) * 3], strict=True):
        np.testing.assert_allclose(image, np.broadcast_to(color, (64, 64, 3)), atol=3)  # JPEG rounds colours


def test_test_is_the_validation_folder_with_the_labels_of_its_annotations(archive, tmp_path):
    examples = read(prepare(archive, tmp_path), "test")
    assert [int(label) for _, label in examples] == [0, 1]
    for (image, _), color in zip(examples, [BLUE, (GREY,) * 3], strict=True):
        np.testing.assert_allclose(image, np.broadcast_to(color, (64, 64, 3)), atol=3)


def test_a_grey_image_comes_out_as_rgb(archive, tmp_path):
    image, label = read(prepare(archive, tmp_path), "train")[-1]
    assert (int(label), image.shape, image.dtype) == (1, (64, 64, 3), np.uint8)


def test_the_names_of_the_classes_are_sorted_and_kept_with_the_prepared_data(archive, tmp_path):
    assert prepare(archive, tmp_path).info.features["label"].names == [FIRST, SECOND]
    again = TinyImagenet(data_dir=str(tmp_path / "prepared"))
    assert again.info.features["label"].names == [FIRST, SECOND]


def test_load_reads_what_was_prepared(archive, tmp_path, monkeypatch):
    prepare(archive, tmp_path)
    prepared = tmp_path / "prepared"
    load_tfds = tfds.load
    monkeypatch.setattr(tfds, "load", lambda *args, **kwargs: load_tfds(*args, data_dir=prepared, **kwargs))
    images, labels = load("tiny_imagenet", "train")
    assert (images.shape, images.dtype) == ((3, 64, 64, 3), np.uint8)
    assert sorted(labels.tolist()) == [0, 0, 1]


def test_the_zip_is_unpacked_by_its_own_name(archive, tmp_path):
    path = tmp_path / "tiny-imagenet-200.zip"
    with zipfile.ZipFile(path, "w") as file:
        for image in sorted(archive.rglob("*.*")):
            file.write(image, image.relative_to(archive))
    builder = TinyImagenet(data_dir=str(tmp_path / "prepared"))
    # Only the download is made up here, not the unpacking.
    config = tfds.download.DownloadConfig(manual_dir=str(tmp_path), extract_dir=str(tmp_path / "extracted"))
    extract = tfds.download.DownloadManager.extract
    with mock.patch.object(
        tfds.download.DownloadManager, "download_and_extract", lambda manager, url: extract(manager, path)
    ):
        builder.download_and_prepare(download_config=config)
    assert len(read(builder, "train")) == 3


def test_a_malformed_annotation_stops_the_preparation(archive, tmp_path):
    lines = ANNOTATIONS.replace("val_1.JPEG\t", "val_1.JPEG ")
    (archive / "tiny-imagenet-200" / "val" / "val_annotations.txt").write_text(lines, "ascii")
    with pytest.raises(ValueError, match=r"val_annotations\.txt, line 2: expected 6 columns .* found 'val_1\.JPEG n0"):
        prepare(archive, tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        f"val_7.JPEG\t{FIRST}\t0\t0\t1\n",
        f"val_7.JPEG\t{FIRST}\t0\t0\t1\t1\t1\n",
        "val_7.JPEG\tn00000000\t0\t0\t1\t1\n",
        f"../val_7.JPEG\t{FIRST}\t0\t0\t1\t1\n",
        f"val_x.JPEG\t{FIRST}\t0\t0\t1\t1\n",
        "\n",
    ],
    ids=["five_columns", "seven_columns", "unknown_wnid", "path", "no_number", "empty"],
)
def test_an_annotation_of_another_form_is_refused_with_its_number(broken):
    with pytest.raises(ValueError, match=r"val_annotations\.txt, line 5: expected 6 columns .* wnids\.txt, found '"):
        parse_annotation(broken, 4, {FIRST, SECOND})


def test_an_annotation_may_end_as_on_windows():
    assert parse_annotation(f"val_12.JPEG\t{FIRST}\t0\t0\t1\t1\r\n", 0, {FIRST}) == ("val_12.JPEG", FIRST)


def test_wnids_are_200_different_ones_and_come_sorted():
    wnids = [f"n{number:08}" for number in range(200)]
    assert parse_wnids("\n".join(reversed(wnids))) == wnids
    with pytest.raises(ValueError, match=r"wnids\.txt: expected 200 different ids, found 199 lines, 199 different"):
        parse_wnids("\n".join(wnids[1:]))
    with pytest.raises(ValueError, match=r"wnids\.txt: expected 200 different ids, found 200 lines, 199 different"):
        parse_wnids("\n".join([wnids[1], *wnids[1:]]))
    with pytest.raises(ValueError, match=r"wnids\.txt, line 2: expected 'n' and eight digits, found 'cat'"):
        parse_wnids(f"{FIRST}\ncat\n")


@pytest.mark.parametrize("split", ["train", "test"])
def test_an_array_file_of_jpeg_images_has_the_same_name(tmp_path, split):
    save(tmp_path / "image.jpg", "L", GREY)
    content = np.fromfile(tmp_path / "image.jpg", "uint8")
    arrays = {f"jpeg_{split}": content, f"offsets_{split}": np.array([0, content.size]), f"y_{split}": np.array([199])}
    np.savez(tmp_path / "tiny_imagenet.npz", **arrays)
    images, labels = load("tiny_imagenet", split, tmp_path)
    assert (images.shape, labels.tolist()) == ((1, 64, 64, 3), [199])
