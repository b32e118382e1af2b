"""The bank, and pooled features of a domain's images under ever more orders, each computed once."""

import functools

from benchmarks.published_domains.data import draw_domain
from benchmarks.published_transfer.run import SOURCE, new_model
from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.layers.gradients import no_gradients


class PooledFeatures:
    """What heads classify, of the same images under different orders.

    Args:
        model: a `ModNet` with a task `SOURCE`, whose order is the published one.
        images: `(n, H, W, C)`.
    """

    def __init__(self, model, images):
        runner = StepRunner(model, SOURCE, measured=False)
        self._features, self._known = StepFeatures(runner, images, model.ordering(SOURCE)), {}

    def of(self, ordering):
        """Returns `(n, channels)`; runs those steps only that are not like the published ones."""
        if ordering.blocks not in self._known:
            with no_gradients():
                self._known[ordering.blocks] = self._features.pooled(ordering)
        return self._known[ordering.blocks]


@functools.lru_cache(maxsize=1)
def shared_model(bank):
    """Returns the model of a bank, the same for all jobs; a job leaves no task of its own behind."""
    return new_model(bank)


@functools.lru_cache(maxsize=10)
def domain_features(bank, set_name, domain, split, seed, data_dir):
    """Returns the `PooledFeatures` of what `draw_domain` returns, and its labels.

    Args:
        bank: as `published_transfer.run.new_model` takes it.
        set_name: name of the set.
        domain: of the set.
        split: "train" or "test".
        seed: of the draw.
        data_dir: folder of arrays.
    """
    model = shared_model(bank)
    images, labels = draw_domain(set_name, domain, split, seed, data_dir, model.image_shape[0])
    features = PooledFeatures(model, images)
    # First, so that what it runs is kept for all others.
    features.of(model.ordering(SOURCE))
    return features, labels
