import dataclasses

import keras
import numpy as np
import pytest

from benchmarks.domain_adaptation import adversarial, methods
from benchmarks.domain_adaptation.case import TASK, Case
from benchmarks.domain_adaptation.data import SETS
from keras_modnet.training.optimizers import adamw

BATCHES, BATCH_SIZE = 40, 8
COUNT = 20


@dataclasses.dataclass(frozen=True)
class Toy(Case):
    """Random images; every source has a label of its own, and the target any."""

    target_labels: object = None

    def read(self, domain, split):
        names = list(SETS[self.set_name].domains)
        images = np.random.default_rng(names.index(domain)).integers(0, 256, (COUNT, 32, 32, 3)).astype("uint8")
        return images, self.target_labels if domain == self.target else np.full(COUNT, names.index(domain))


class Unread:
    """Labels that can be cut and do not answer anything else."""

    def __getitem__(self, rows):
        return self


def toy(target_labels=None):
    budget = {"batches": BATCHES, "batch_size": BATCH_SIZE, "adaptation_images": 16}
    network = {"num_blocks": 2, "num_steps": 3, "width": 4}
    labels = np.arange(COUNT) % 3 if target_labels is None else target_labels
    return Toy("office31", "webcam", ("amazon", "dslr"), 0, budget, network, "folder", True, labels)


@pytest.fixture(scope="module")
def first_batch():
    return next(adversarial.batches(toy()))


def test_the_reversed_gradient_starts_at_nothing_and_ends_at_its_full_weight():
    weights = [adversarial.ramp(progress) for progress in np.linspace(0, 1, 11)]
    assert weights[0] == 0
    assert weights == sorted(weights)
    # 2 / (1 + exp(-2x)) - 1 is tanh(x).
    np.testing.assert_allclose(weights, np.tanh(5 * np.linspace(0, 1, 11)))


def test_labels_of_the_target_are_never_read():
    own = adversarial.batches(toy())
    for other in (adversarial.batches(toy(Unread())), adversarial.batches(toy((np.arange(COUNT) + 1) % 3))):
        for batch, same in zip(own, other, strict=False):
            for array, expected in zip(batch, same, strict=True):
                np.testing.assert_array_equal(array, expected)


def test_every_batch_has_the_sources_in_equal_parts_and_as_many_images_of_the_target():
    mixed = list(adversarial.batches(toy()))
    assert len(mixed) == BATCHES
    for images, labels, target in mixed:
        assert images.shape == target.shape == (BATCH_SIZE, 32, 32, 3)
        assert np.bincount(labels).tolist() == [BATCH_SIZE // 2] * 2
    assert (mixed[0][2] != mixed[1][2]).any()


@pytest.mark.parametrize(("size", "different"), [(16, 16), (17, 16)])
def test_images_of_the_target_come_twice_only_where_they_are_too_few(size, different, monkeypatch):
    monkeypatch.setattr(adversarial, "change_pixels", lambda images, generator: images)
    batch = adversarial.target_batch(np.arange(16), size, 0)
    assert len(batch) == size
    assert len(set(batch)) <= different
    assert (len(set(batch)) == size) == (size <= 16)


def test_all_but_the_discriminator_trains_as_the_pooled_network_does():
    case = toy()
    pooled, trained = case.train("shared", BATCHES)
    model, discriminator = adversarial.networks(case)
    variables, theirs = model.task(TASK).trainable_variables, pooled.task(TASK).optimizer
    optimizer = adamw(adversarial.learning_rates(BATCHES), adversarial.WEIGHT_DECAY, variables)
    optimizer.build(variables)
    assert optimizer.get_config() | {"name": "adam_w"} == theirs.get_config() | {"name": "adam_w"}
    assert [own.shape for own in optimizer.variables] == [own.shape for own in theirs.variables]
    assert int(keras.ops.convert_to_numpy(theirs.iterations)) == BATCHES
    assert model.ordering(TASK).blocks == trained.pooled.blocks
    assert discriminator.output_shape == (None, 1)


def number(loss):
    return float(keras.ops.convert_to_numpy(loss))


def cross_entropy(sources, target):
    told = keras.ops.concatenate([sources, target])
    known = np.repeat([0.0, 1.0], [len(sources), len(target)])
    return keras.losses.BinaryCrossentropy(from_logits=True)(known, told)


def test_the_labels_loss_is_that_of_the_model_and_no_matter_of_the_target(first_batch):
    images, labels, target = first_batch
    model, discriminator = adversarial.networks(toy())
    before = model.get_weights()
    for unlabelled in (target, 255 - target):
        batch = (images, labels, unlabelled)
        loss, told = adversarial.losses(model, discriminator, batch, lambda pooled: pooled, cross_entropy)
        assert 0.1 < number(told) < 5
        for weights, same in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(weights, same)
        expected = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
            labels, model.task(TASK)(images, training=True)
        )
        np.testing.assert_allclose(number(loss), number(expected), rtol=1e-4)
        model.set_weights(before)


def test_the_discriminator_sees_what_the_reversal_gives_it(first_batch):
    model, discriminator = adversarial.networks(toy())
    seen = []

    def nothing(pooled):
        seen.append(tuple(pooled.shape))
        return keras.ops.zeros_like(pooled)

    told = adversarial.losses(model, discriminator, first_batch, nothing, cross_entropy)[1]
    assert seen == [(BATCH_SIZE, 4)] * 2
    np.testing.assert_allclose(number(told), np.log(2), rtol=1e-5)


def test_the_row_is_measured_with_the_targets_statistics(monkeypatch):
    case = toy()
    model = adversarial.networks(case)[0]
    monkeypatch.setattr(methods, "train_adversarially", lambda case: (model, {"seconds": 2.0, "label_loss": 0.5}))
    (row, noted), *others = methods.adversarial_rows(case).items()
    assert (row, others) == (methods.DANN, [])
    assert noted == {"accuracy_percent": case.accuracy(model), "seconds": 2.0, "label_loss": 0.5}
    named = model.named_variables()
    for name, value in model.batch_statistics(TASK, case.target_images).items():
        np.testing.assert_allclose(keras.ops.convert_to_numpy(named[name]), value, rtol=1e-5, atol=1e-6)
