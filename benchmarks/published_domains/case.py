"""One case of `benchmarks.published_domains`: a set, the domain that is left out, a draw of images."""

import dataclasses

from benchmarks.domain_adaptation.data import SETS
from benchmarks.published_domains.data import draw_domain
from benchmarks.published_domains.features import domain_features, shared_model
from benchmarks.published_transfer.run import SOURCE


@dataclasses.dataclass(frozen=True)
class Case:
    """A set with a target left out.

    Attributes:
        set_name: key of `domain_adaptation.data.SETS`.
        target: domain that is left out.
        seed: of the draw of images.
        data_dir: folder of arrays.
        bank: as `published_transfer.run.new_model` takes it.
    """

    set_name: str
    target: str
    seed: int
    data_dir: str
    bank: str | None

    @property
    def model(self):
        """The model with the published order as task `SOURCE`."""
        return shared_model(self.bank)

    @property
    def published(self):
        """The published `Ordering`."""
        return self.model.ordering(SOURCE)

    @property
    def num_classes(self):
        """Classes that the sources know."""
        return 1 + max(int(labels.max()) for _, labels in self.sources(self.published))

    @property
    def target_images(self):
        """The target's images to adapt to."""
        return self._drawn("train")[0]

    @property
    def test_images(self):
        """The target's images to test on."""
        return self._drawn("test")[0]

    def sources(self, ordering):
        """Returns `[(features, labels), ...]` of the sources under an order."""
        domains = SETS[self.set_name].sources(self.target, self.data_dir)
        return [self._under(ordering, domain, "train") for domain in domains]

    def target_under(self, ordering):
        """Returns features of the target's images to adapt to under an order, and labels for oracles and measuring."""
        return self._under(ordering, self.target, "train")

    def test_under(self, ordering):
        """Returns features and labels of the target's test images under an order."""
        return self._under(ordering, self.target, "test")

    def _under(self, ordering, domain, split):
        features, labels = domain_features(self.bank, self.set_name, domain, split, self._seed(split), self.data_dir)
        return features.of(ordering), labels

    def _drawn(self, split):
        size = self.model.image_shape[0]
        return draw_domain(self.set_name, self.target, split, self._seed(split), self.data_dir, size)

    def _seed(self, split):
        # Test images are the same for all seeds, and so are their features.
        return self.seed if split == "train" else 0
