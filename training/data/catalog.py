"""The data sets that are known by name: what is in them, where they come from, on which terms."""

import dataclasses

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.converters.class_names import imagenet_class_names
from training.data import citations, class_names


@dataclasses.dataclass(frozen=True, kw_only=True)
class DataSetInfo:
    """What is known about a data set before it is read.

    Attributes:
        name: name that `training.data.load` takes.
        num_classes: number of classes; labels are `0 ... num_classes - 1`.
        image_shape: `(height, width, channels)` in pixels, as published; an array file may hold smaller ones. None
            where the images have many sizes: they are streamed, and not loaded into memory.
        terms: licence or terms of use, as far as known.
        citation: what to cite.
        bibtex: the same as BibTeX entries. Default: none.
        tfds_name: name of its tensorflow-datasets builder. Default `None`: it is read from a folder of arrays alone.
        test_split: name of the split that is `"test"` here.
        class_names: a text for each class, in the order of the labels, or None.
    """

    name: str
    num_classes: int
    image_shape: tuple[int, int, int] | None
    terms: str
    citation: str
    bibtex: str = ""
    tfds_name: str | None = None
    test_split: str = "test"
    class_names: tuple[str, ...] | None = None


_ROWS = (
    DataSetInfo(
        name="mnist",
        num_classes=10,
        class_names=class_names.DIGITS,
        image_shape=(28, 28, 1),
        tfds_name="mnist",
        terms="CC BY-SA 3.0, as usually cited",
        citation="LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998",
        bibtex=citations.MNIST,
    ),
    DataSetInfo(
        name="fashion_mnist",
        num_classes=10,
        class_names=class_names.GARMENTS,
        image_shape=(28, 28, 1),
        tfds_name="fashion_mnist",
        terms="MIT",
        citation="Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv 1708.07747, 2017",
        bibtex=citations.FASHION_MNIST,
    ),
    DataSetInfo(
        name="cifar10",
        num_classes=10,
        class_names=class_names.CIFAR10,
        image_shape=(32, 32, 3),
        tfds_name="cifar10",
        terms="no licence stated; research use",
        citation="Krizhevsky: Learning multiple layers of features from tiny images, 2009",
        bibtex=citations.CIFAR10,
    ),
    DataSetInfo(
        name="letters",
        num_classes=26,
        class_names=class_names.LETTERS,
        image_shape=(16, 8, 1),
        tfds_name="ocr_letters",
        terms="BSD-2-Clause, as distributed",
        citation="Kassel: A comparison of approaches to on-line handwritten character recognition, 1995; "
        "as distributed by Taskar, Guestrin, Koller: Max-margin Markov networks, 2003",
        bibtex=citations.LETTERS,
    ),
    DataSetInfo(
        name="tiny_imagenet",
        num_classes=200,
        class_names=class_names.tiny_imagenet_class_names(),
        image_shape=(64, 64, 3),
        tfds_name="tiny_imagenet",
        terms="ImageNet terms, non-commercial research",
        citation="Le, Yang: Tiny ImageNet visual recognition challenge, Stanford CS231N, 2015; "
        "Deng, Dong, Socher, Li, Li, Fei-Fei: ImageNet: A large-scale hierarchical image database, 2009",
        bibtex=citations.TINY_IMAGENET,
    ),
    *(
        DataSetInfo(
            name=f"pacs/{domain}",
            num_classes=7,
            class_names=class_names.PACS,
            image_shape=(227, 227, 3),
            tfds_name=f"pacs/{domain}",
            terms="no licence stated; research use",
            citation="Li, Yang, Song, Hospedales: Deeper, broader and artier domain generalization, ICCV 2017",
            bibtex=citations.PACS,
        )
        for domain in ("art_painting", "cartoon", "photo", "sketch")
    ),
    DataSetInfo(
        name="imagenet2012",
        num_classes=1000,
        class_names=imagenet_class_names(),
        image_shape=None,
        tfds_name="imagenet2012",
        terms="ImageNet terms, non-commercial research",
        citation="Russakovsky, Deng, Su, Krause, Satheesh, Ma, Huang, Karpathy, Khosla, Bernstein, Berg, Fei-Fei: "
        "ImageNet large scale visual recognition challenge, 2015",
        bibtex=citations.IMAGENET,
        # The published test images have no labels.
        test_split="validation",
    ),
)

DATA_SETS = {row.name: row for row in _ROWS}


def describe(name):
    """Returns the `DataSetInfo` of a known data set.

    Args:
        name: one of the keys of `DATA_SETS`.

    Returns:
        A `DataSetInfo`.

    Raises:
        ValueError: if no data set has that name.
    """
    expect_one_of("name", name, tuple(DATA_SETS))
    return DATA_SETS[name]


def add_data_set(info):
    """Makes a data set of one's own known by name, to recipes among others.

    Args:
        info: a `DataSetInfo`. The same one may be added again.

    Raises:
        ValueError: if `info` is none, has fewer than two classes or names for other than all of them, or another data
            set has its name.
    """
    expect(isinstance(info, DataSetInfo), "info", "a DataSetInfo", type(info).__name__)
    expect_count("num_classes", info.num_classes, minimum=2)
    named = info.class_names is None or len(info.class_names) == info.num_classes
    expect(named, "class_names", f"a text for each of {info.num_classes} classes", info.class_names)
    free = DATA_SETS.get(info.name, info) == info
    expect(free, "name", f"other than those of {', '.join(map(repr, DATA_SETS))}", info.name)
    DATA_SETS[info.name] = info
