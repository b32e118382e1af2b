"""The data sets that are known by name: what is in them, where they come from, on which terms."""

import dataclasses

from keras_modnet.checks import expect_one_of


@dataclasses.dataclass(frozen=True)
class DataSetInfo:
    """What is known about a data set before it is read.

    Attributes:
        name: name that `training.data.load` takes.
        num_classes: number of classes; labels are `0 ... num_classes - 1`.
        image_shape: `(height, width, channels)` in pixels, as published; an array file may hold smaller ones. None
            where the images have many sizes: they are streamed, and not loaded into memory.
        tfds_name: name of its tensorflow-datasets builder.
        terms: licence or terms of use, as far as known.
        citation: what to cite.
        test_split: name of the split that is `"test"` here.
    """

    name: str
    num_classes: int
    image_shape: tuple[int, int, int] | None
    tfds_name: str
    terms: str
    citation: str
    test_split: str = "test"


_ROWS = (
    DataSetInfo(
        name="mnist",
        num_classes=10,
        image_shape=(28, 28, 1),
        tfds_name="mnist",
        terms="CC BY-SA 3.0, as usually cited",
        citation="LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998",
    ),
    DataSetInfo(
        name="fashion_mnist",
        num_classes=10,
        image_shape=(28, 28, 1),
        tfds_name="fashion_mnist",
        terms="MIT",
        citation="Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv 1708.07747, 2017",
    ),
    DataSetInfo(
        name="cifar10",
        num_classes=10,
        image_shape=(32, 32, 3),
        tfds_name="cifar10",
        terms="no licence stated; research use",
        citation="Krizhevsky: Learning multiple layers of features from tiny images, 2009",
    ),
    DataSetInfo(
        name="letters",
        num_classes=26,
        image_shape=(16, 8, 1),
        tfds_name="ocr_letters",
        terms="BSD-2-Clause, as distributed",
        citation="Kassel: A comparison of approaches to on-line handwritten character recognition, 1995; "
        "as distributed by Taskar, Guestrin, Koller: Max-margin Markov networks, 2003",
    ),
    DataSetInfo(
        name="tiny_imagenet",
        num_classes=200,
        image_shape=(64, 64, 3),
        tfds_name="tiny_imagenet",
        terms="ImageNet terms, non-commercial research",
        citation="Le, Yang: Tiny ImageNet visual recognition challenge, Stanford CS231N, 2015; "
        "Deng, Dong, Socher, Li, Li, Fei-Fei: ImageNet: A large-scale hierarchical image database, 2009",
    ),
    DataSetInfo(
        name="imagenet2012",
        num_classes=1000,
        image_shape=None,
        tfds_name="imagenet2012",
        terms="ImageNet terms, non-commercial research",
        citation="Russakovsky, Deng, Su, Krause, Satheesh, Ma, Huang, Karpathy, Khosla, Bernstein, Berg, Fei-Fei: "
        "ImageNet large scale visual recognition challenge, 2015",
        # The published test images have no labels.
        test_split="validation",
    ),
    *(
        DataSetInfo(
            name=f"pacs/{domain}",
            num_classes=7,
            image_shape=(227, 227, 3),
            tfds_name=f"pacs/{domain}",
            terms="no licence stated; research use",
            citation="Li, Yang, Song, Hospedales: Deeper, broader and artier domain generalization, ICCV 2017",
        )
        for domain in ("art_painting", "cartoon", "photo", "sketch")
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
