"""Tiny ImageNet for tensorflow-datasets, which lacks it: importing this registers `tiny_imagenet`."""

import pathlib
import re
import types

import tensorflow_datasets as tfds

IMAGE_SHAPE = (64, 64, 3)
NUM_CLASSES = 200
_URL = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"
_ROOT = "tiny-imagenet-200"
# The columns of an annotation: file, wnid, and the four numbers of a bounding box.
_NUM_COLUMNS = 6
_VALIDATION_FILE = re.compile(r"val_\d+\.JPEG", re.ASCII)
_WNID = re.compile(r"n\d{8}", re.ASCII)


class TinyImagenet(tfds.core.GeneratorBasedBuilder):
    """Photographs of 200 classes of ImageNet, 64 x 64 pixels: 100,000 to train on, 10,000 to test on.

    The published validation images are the test split: the published test images have no labels. Classes are WordNet
    ids ("wnids"), sorted.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = types.MappingProxyType({"1.0.0": "The validation images are the test split; wnids are sorted."})

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.__doc__,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=IMAGE_SHAPE, encoding_format="jpeg"),
                    # The names are in the archive: `_split_generators` sets them.
                    "label": tfds.features.ClassLabel(num_classes=NUM_CLASSES),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="http://cs231n.stanford.edu/",
            license="ImageNet terms, non-commercial research",
            citation="Le, Yang: Tiny ImageNet visual recognition challenge, Stanford CS231N, 2015; "
            "Deng et al.: ImageNet: A large-scale hierarchical image database, 2009",
        )

    def _split_generators(self, dl_manager):
        root = pathlib.Path(dl_manager.download_and_extract(_URL)) / _ROOT
        wnids = parse_wnids((root / "wnids.txt").read_text("ascii"))
        self.info.features["label"].names = wnids
        return {
            "train": self._generate_examples(_list_train(root / "train", wnids)),
            "test": self._generate_examples(_list_test(root / "val", wnids)),
        }

    def _generate_examples(self, files):
        # Images are given by path: TFDS keeps the JPEG file as it is, and decodes greyscale to the three channels of
        # `IMAGE_SHAPE` when it reads. Decoded here, they would be compressed a second time.
        for path, wnid in files:
            yield path.name, {"image": str(path), "label": wnid}


def _list_train(folder, wnids):
    for wnid in wnids:
        for path in sorted((folder / wnid / "images").glob("*.JPEG")):
            yield path, wnid


def _list_test(folder, wnids):
    known = frozenset(wnids)
    with open(folder / "val_annotations.txt", encoding="ascii") as lines:
        for row, line in enumerate(lines):
            file, wnid = parse_annotation(line, row, known)
            yield folder / "images" / file, wnid


def parse_wnids(text):
    """Parses `wnids.txt`.

    Args:
        text: the WordNet ids of the classes, one a line, in any order.

    Returns:
        The ids, sorted, a list of 200: the label of a class is its index there.

    Raises:
        ValueError: if there are not 200 different ids, or a line is not an id.
    """
    wnids = text.split("\n")
    wnids = wnids[:-1] if wnids[-1] == "" else wnids
    for row, wnid in enumerate(wnids):
        if not _WNID.fullmatch(wnid):
            raise ValueError(f"wnids.txt, line {row + 1}: expected 'n' and eight digits, found {wnid[:60]!r}.")
    if len(wnids) != NUM_CLASSES or len(set(wnids)) != NUM_CLASSES:
        found = f"{len(wnids)} lines, {len(set(wnids))} different"
        raise ValueError(f"wnids.txt: expected {NUM_CLASSES} different ids, found {found}.")
    return sorted(wnids)


def parse_annotation(line, row, wnids):
    """Parses one line of `val_annotations.txt`.

    Args:
        line: tab-separated text: file, wnid, and a bounding box of four numbers, which is left alone.
        row: number of the line from 0, for the error message.
        wnids: the known ids, a set.

    Returns:
        A pair of strings: the name of the image file, and its class, one of `wnids`.

    Raises:
        ValueError: if the line is not of that form.
    """
    columns = line.rstrip("\r\n").split("\t")
    # The name is joined to a folder, so that it must not be a path.
    is_annotation = len(columns) == _NUM_COLUMNS and _VALIDATION_FILE.fullmatch(columns[0]) and columns[1] in wnids
    if not is_annotation:
        expected = f"{_NUM_COLUMNS} columns with a file 'val_<number>.JPEG' and an id of wnids.txt"
        raise ValueError(f"val_annotations.txt, line {row + 1}: expected {expected}, found {line[:60]!r}.")
    return columns[0], columns[1]
