"""The builder of PACS, from a made-up folder of a few images, through tensorflow-datasets' own preparation."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from training.data import describe, load, pacs
from training.data.pacs import Pacs, list_images

COUNTS = {"dog": 4, "horse": 2, "person": 1}


def shade(index):
    return (20 * index, 0, 200)


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    """A folder with seven photographs, numbered by their shade in the order of classes and names; one is a PNG."""
    monkeypatch.setattr(pacs, "DOMAINS", {"photo": 7})
    index = 0
    for name, count in COUNTS.items():
        folder = tmp_path / "manual" / "PACS" / "photo" / name
        folder.mkdir(parents=True)
        for number in range(count):
            ending = "png" if index == 5 else "jpg"
            Image.new("RGB", (227, 227), shade(index)).save(folder / f"{number:03}.{ending}")
            index += 1
    (tmp_path / "manual" / "PACS" / "photo" / "dog" / "Thumbs.db").write_bytes(b"no image")
    return tmp_path / "manual"


@pytest.fixture
def builder(manual_dir, tmp_path):
    builder = Pacs(config="photo", data_dir=str(tmp_path / "prepared"))
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=str(manual_dir)))
    return builder


def read(builder, split):
    """Returns `{number of the image: name of its class}` of a split."""
    names = builder.info.features["label"].names
    examples = tfds.as_numpy(builder.as_dataset(split=split, as_supervised=True))
    return {round(float(image[..., 0].mean()) / 20): names[int(label)] for image, label in examples}


def test_every_fifth_image_of_the_domain_is_in_the_test_split(builder):
    assert read(builder, "test") == {0: "dog", 5: "horse"}
    assert read(builder, "train") == {1: "dog", 2: "dog", 3: "dog", 4: "horse", 6: "person"}


def test_images_come_out_whole(builder):
    for image, _ in tfds.as_numpy(builder.as_dataset(split="train", as_supervised=True)):
        assert (image.shape, image.dtype) == ((227, 227, 3), np.uint8)


def test_a_copy_that_is_not_whole_is_refused(manual_dir):
    folder = manual_dir / "PACS" / "photo"
    assert len(list_images(folder, 7)) == 7
    with pytest.raises(ValueError, match=r"photo: expected 1670 images in the folders dog, .*, person, found 7\."):
        list_images(folder, 1670)


def test_the_published_images_give_the_stated_splits():
    tests = {domain: -(-count // pacs.TEST_STRIDE) for domain, count in pacs.DOMAINS.items()}
    assert tests == {"art_painting": 410, "cartoon": 469, "photo": 334, "sketch": 786}
    assert sum(pacs.DOMAINS.values()) == 9991


def test_the_domains_are_the_configurations_and_are_known_by_name():
    assert sorted(Pacs.builder_configs) == sorted(pacs.DOMAINS)
    assert all(describe(f"pacs/{domain}").tfds_name == f"pacs/{domain}" for domain in pacs.DOMAINS)
    assert "research" in describe("pacs/photo").terms


def test_an_array_file_may_hold_smaller_images(tmp_path):
    np.savez(tmp_path / "pacs.npz", sketch_x_test=np.zeros((2, 8, 8, 3), "uint8"), sketch_y_test=np.array([0, 6]))
    images, labels = load("pacs/sketch", "test", tmp_path)
    assert (images.shape, labels.tolist()) == ((2, 8, 8, 3), [0, 6])
