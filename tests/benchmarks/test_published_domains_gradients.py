import types

import numpy as np

from benchmarks.published_domains.features import PooledFeatures
from benchmarks.published_domains.gradients import OBJECTIVES, TENT, adapted
from benchmarks.published_transfer.run import SOURCE, new_model
from keras_modnet.adaptation.heads.closed_form import pooled_features


def test_norms_train_from_a_given_head_and_no_task_or_change_stays_behind():
    model, images = new_model(None), np.random.default_rng(0).integers(0, 256, (10, 28, 28, 3)).astype("uint8")
    before, published = model.get_weights(), model.ordering(SOURCE)
    # A head that says the second class, whatever the image.
    head = np.zeros((16, 2)), np.array([0.0, 9.0])
    case = types.SimpleNamespace(model=model, num_classes=2, seed=0, target_images=images, test_images=images)
    case.published, case.test_under = published, lambda ordering: (None, np.array([1] * 7 + [0] * 3))
    start = types.SimpleNamespace(ordering=published.remove(0), head=head)
    result = adapted(case, start, OBJECTIVES[TENT])
    assert result["accuracy_percent"] == 70.0
    # Scales and offsets of two norms of width 8, at the one step that is left.
    assert result["trained_parameters"] == 32
    assert model.task_names == (SOURCE,)
    for value, after in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(value, after)


def test_features_under_an_order_are_those_of_a_task_with_it():
    model, images = new_model(None), np.random.default_rng(0).integers(0, 256, (3, 28, 28, 3)).astype("uint8")
    features, published = PooledFeatures(model, images), model.ordering(SOURCE)
    features.of(published)
    for ordering in (published.repeat(0), published.remove(0), published.swap(0, 1)):
        found = features.of(ordering)
        model.set_ordering(SOURCE, list(ordering.blocks))
        np.testing.assert_allclose(found, pooled_features(model, SOURCE, images), rtol=1e-4, atol=1e-5)
        model.set_ordering(SOURCE, [0, 1])
