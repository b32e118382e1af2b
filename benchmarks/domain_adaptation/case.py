"""What `benchmarks.domain_adaptation` trains on and tests: one problem, a domain left out."""

import dataclasses

import keras
import numpy as np

import keras_modnet
from benchmarks.domain_adaptation.data import SETS, read_domain
from benchmarks.domain_adaptation.pixel_changes import changed_copies

TASK = "problem"
NETWORK = {"num_blocks": 6, "num_steps": 6, "width": 32}


@dataclasses.dataclass(frozen=True)
class Case:
    """A set with a target left out, and what may be spent on it.

    Args:
        set_name: key of `data.SETS`.
        target: domain of the set; None: none is left out.
        sources: domains to learn from.
        seed: of the network, the order of images and the changes of pixels.
        budget: as `rows.budget_of` returns it.
        network: arguments of `ModNet`, for networks that start from scratch.
        data_dir: folder of arrays; None: tensorflow-datasets.
        scratch: whether networks start from scratch where the set names a preset to start from.
    """

    set_name: str
    target: str | None
    sources: tuple[str, ...]
    seed: int
    budget: dict
    network: dict
    data_dir: str | None
    scratch: bool = False

    def read(self, domain, split):
        """Returns images and labels of a domain."""
        return read_domain(self.set_name, domain, self.data_dir)[split]

    @property
    def target_images(self):
        """The target's training images that adaptation sees, in an order that says nothing of their classes."""
        return self.target_labelled[0]

    @property
    def target_labelled(self):
        """The same images with their labels, for oracles only."""
        images, labels = self.read(self.target, "train")
        most = self.budget["adaptation_images"]
        return images[:most], labels[:most]

    def train(self, orderings, batches, changed=True):
        """Trains a new network on the sources.

        Args:
            orderings: as `keras_modnet.fit_domains` takes it.
            batches: of training.
            changed: whether pixels are changed.

        Returns:
            The model and its `DomainTraining`.
        """
        # Separate blocks: of its own for every step of every domain.
        model = self.new_model(len(self.sources) if orderings == "separate" else 1)
        options = {"batches": batches, "batch_size": self.budget["batch_size"], "seed": self.seed, "verbose": 0}
        data = self.training_data(batches, changed)
        return model, keras_modnet.fit_domains(model, TASK, data, orderings=orderings, **options)

    def new_model(self, copies=1):
        """Returns a network that has seen none of the domains; it follows from the seed, as do later draws.

        Args:
            copies: of a row of blocks, one for each step, where there are several.
        """
        keras.utils.set_random_seed(self.seed)
        members = SETS[self.set_name]
        classes = 1 + max(int(self.read(domain, "train")[1].max()) for domain in members.readable(self.data_dir))
        if members.start and not self.scratch:
            return _pretrained(*members.start, classes, copies)
        size = {"image_shape": members.image_shape, "patch_size": members.patch_size} | self.network
        if copies > 1:
            size["num_blocks"] = copies * size["num_steps"]
        return keras_modnet.ModNet(tasks={TASK: classes}, norm="batch", seed=self.seed, **size)

    def training_data(self, batches, changed=True):
        """Returns `{source: (images, labels)}`.

        Args:
            batches: of training.
            changed: whether pixels are changed.
        """
        return {domain: self._training_data(domain, batches, changed) for domain in self.sources}

    def _training_data(self, domain, batches, changed):
        images, labels = self.read(domain, "train")
        if not changed:
            return images, labels
        # As many copies as training shows of each image, so that no change is seen twice.
        shown = batches * self.budget["batch_size"] / len(self.sources)
        return changed_copies(images, labels, max(1, int(np.ceil(shown / len(labels)))), self.seed)

    def accuracy(self, model, domain=None):
        """Returns the accuracy on the test images of a domain, the target by default, in percent."""
        images, labels = self.read(domain or self.target, "test")
        logits = model.task(TASK).predict(images, batch_size=500, verbose=0)
        return 100 * float((logits.argmax(-1) == labels).mean())


def _pretrained(preset, source, num_classes, copies):
    """Returns a network whose steps each start with what they run for a task of a preset, and share no block."""
    model = keras_modnet.from_preset(preset)
    model.add_task(TASK, num_classes, init_from=source)
    model.remove_task(source)
    return keras_modnet.take_blocks(model, model.ordering(TASK).blocks * copies)
