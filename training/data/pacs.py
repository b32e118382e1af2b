"""PACS for tensorflow-datasets, which lacks it: importing this registers `pacs`, a configuration for each domain."""

import pathlib
import types

import tensorflow_datasets as tfds

from training.data.class_names import PACS

IMAGE_SHAPE = (227, 227, 3)
# Images of each domain, as published.
DOMAINS = types.MappingProxyType({"art_painting": 2048, "cartoon": 2344, "photo": 1670, "sketch": 3929})
TEST_STRIDE = 5
_FOLDER = "PACS"
_ENDINGS = (".jpg", ".jpeg", ".png")


class Pacs(tfds.core.GeneratorBasedBuilder):
    """Dogs, elephants, giraffes, guitars, horses, houses and persons in four styles, 227 x 227 pixels.

    The configurations are the domains: `art_painting`, `cartoon`, `photo`, `sketch`. The published images of a domain
    are sorted by class and name of the file; every fifth of them, from the first on, is in the test split.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = types.MappingProxyType({"1.0.0": "Every fifth image of a domain is in the test split."})
    BUILDER_CONFIGS = tuple(tfds.core.BuilderConfig(name=domain) for domain in DOMAINS)
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Download the images from the page of the authors, https://domaingeneralization.github.io/, and put the folder "
        f"that holds {', '.join(DOMAINS)} into `manual_dir` under the name {_FOLDER}: "
        f"{_FOLDER}/photo/dog/056_0001.jpg."
    )

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.__doc__,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=IMAGE_SHAPE),
                    "label": tfds.features.ClassLabel(names=list(PACS)),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://domaingeneralization.github.io/",
            license="no licence stated; research use",
            citation="Li, Yang, Song, Hospedales: Deeper, broader and artier domain generalization, ICCV 2017",
        )

    def _split_generators(self, dl_manager):
        domain = self.builder_config.name
        files = list_images(pathlib.Path(dl_manager.manual_dir) / _FOLDER / domain, DOMAINS[domain])
        return {
            "train": self._generate_examples(files, is_test=False),
            "test": self._generate_examples(files, is_test=True),
        }

    def _generate_examples(self, files, is_test):
        for index, path in enumerate(files):
            if (index % TEST_STRIDE == 0) == is_test:
                # By path, so that TFDS keeps the file as it is.
                yield f"{path.parent.name}/{path.name}", {"image": str(path), "label": path.parent.name}


def list_images(folder, count):
    """Lists the images of a domain, sorted by class and file name.

    Args:
        folder: path of the domain, with a folder for each class.
        count: how many images it must hold.

    Returns:
        A list of paths.

    Raises:
        ValueError: if there are more or fewer, as in a copy that is not whole.
    """
    inside = (path for name in PACS for path in sorted((folder / name).glob("*")))
    files = [path for path in inside if path.suffix.lower() in _ENDINGS]
    if len(files) != count:
        raise ValueError(f"{folder}: expected {count} images in the folders {', '.join(PACS)}, found {len(files)}.")
    return files
