import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import GumbelRouter
from keras_modnet.layers.ordering_losses import block_use_imbalance, ordering_entropy

DECIDED_APART = [[1.0, 0.0], [0.0, 1.0]]
DECIDED_ALIKE = [[1.0, 0.0], [1.0, 0.0]]
UNDECIDED = [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("rows", "entropy", "imbalance"),
    [(DECIDED_APART, 0.0, 0.0), (DECIDED_ALIKE, 0.0, np.log(2)), (UNDECIDED, np.log(2), 0.0)],
)
def test_entropy_and_imbalance_at_their_extremes(rows, entropy, imbalance):
    rows = ops.convert_to_tensor(rows)
    assert ops.convert_to_numpy(ordering_entropy(rows)) == pytest.approx(entropy, abs=1e-6)
    assert ops.convert_to_numpy(block_use_imbalance(rows)) == pytest.approx(imbalance, abs=1e-6)


def test_entropy_is_the_mean_over_steps():
    # Half a step decided: the other one has log 2.
    assert float(ordering_entropy(ops.convert_to_tensor([[1.0, 0.0], [0.5, 0.5]]))) == pytest.approx(np.log(2) / 2)


def make_router(**weights):
    router = GumbelRouter(2, 2, seed=1, logits_multiplier=2.0, **weights)
    router.build()
    # Times two: rows of 3/4 and 1/4.
    router.logits.assign([[np.log(3) / 2, 0.0], [np.log(3) / 2, 0.0]])
    return router


# Entropy of (3/4, 1/4) in nats.
ENTROPY = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"entropy_weight": 0.1}, 0.1 * ENTROPY),
        ({"block_use_weight": 0.1}, 0.1 * (np.log(2) - ENTROPY)),
        ({"entropy_weight": 1.0, "block_use_weight": 1.0}, np.log(2)),
    ],
)
def test_a_drawing_router_returns_its_losses_at_the_probabilities_it_draws_from(weights, expected):
    router = make_router(**weights)
    router(training=True)
    (loss,) = router.losses
    assert ops.convert_to_numpy(loss) == pytest.approx(expected, rel=1e-5)


def test_a_hardened_ordering_is_pulled_nowhere():
    router = make_router(entropy_weight=1.0, block_use_weight=1.0)
    router.harden()
    router(training=True)
    assert ops.convert_to_numpy(sum(router.losses)) == 0.0


def test_inference_and_zero_weights_have_no_losses():
    router = make_router(entropy_weight=1.0)
    router(training=False)
    assert not router.losses
    router = make_router()
    router(training=True)
    assert not router.losses


@pytest.mark.parametrize("argument", ["entropy_weight", "block_use_weight"])
def test_a_negative_weight_is_refused(argument):
    with pytest.raises(ValueError, match=rf"`{argument}` must be a number from 0\. Received: -1"):
        GumbelRouter(2, 2, **{argument: -1})


def first_loss(make_model, images, labels, **weights):
    keras.utils.set_random_seed(0)
    model = make_model(**weights)
    for layers in model.task_layers.values():
        layers.router.logits.assign(np.tile([[1.0, 0.0, 0.0]], (3, 1)))
    return model.fit(images, labels, epochs=1, verbose=0).history["loss"][0]


def test_the_model_adds_the_loss_of_the_task_in_the_batch_once(make_model, images, labels):
    plain = first_loss(make_model, images, labels)
    # Logits 20 above the others: the entropy is nothing and the imbalance log 3.
    both = first_loss(make_model, images, labels, entropy_weight=10.0, block_use_weight=10.0)
    assert both == pytest.approx(plain + 10 * np.log(3), rel=1e-4)
