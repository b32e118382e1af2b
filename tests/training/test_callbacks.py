import keras
import numpy as np
import pytest

from keras_modnet import callbacks


@pytest.fixture
def model(make_model):
    return make_model(tasks={"digits": 3, "letters": 2})


def temperature(model, task):
    return float(keras.ops.convert_to_numpy(model.task_layers[task].router.current_temperature))


@pytest.fixture
def both(images, labels):
    """A batch of both tasks."""
    return {"digits": images, "letters": images}, {"digits": labels, "letters": labels}


class Recorder(keras.callbacks.Callback):
    """Notes a value at the start of each epoch, after the callbacks in front of it."""

    def __init__(self, read):
        super().__init__()
        self.read, self.values = read, []

    def on_epoch_begin(self, epoch, logs=None):
        self.values.append(self.read())


def test_annealing_goes_from_start_to_end_and_stays(model, both):
    recorder = Recorder(lambda: temperature(model, "digits"))
    anneal = callbacks.TemperatureAnnealing(4.0, 1.0, epochs=3, tasks=["digits"])
    model.fit(*both, epochs=4, verbose=0, callbacks=[anneal, recorder])
    # Three epochs from 4 to 1 by equal ratios: 4, 2, 1; then it stays.
    assert recorder.values == pytest.approx([4.0, 2.0, 1.0, 1.0])
    assert temperature(model, "letters") == 1.0


def test_hardening_fixes_the_most_likely_blocks_from_its_epoch_on(model, both):
    router = model.task_layers["digits"].router
    router.logits.assign(np.eye(3)[[2, 0, 1]] * 0.5)
    recorder = Recorder(lambda: model.ordering("digits").is_hard)
    harden = callbacks.Harden(1, tasks=["digits"])
    model.fit(*both, epochs=3, verbose=0, callbacks=[harden, recorder])
    assert recorder.values == [False, True, True]
    assert not model.ordering("letters").is_hard


def test_a_hard_ordering_stays_while_its_logits_are_trainable(model, images, labels):
    model.task_layers["digits"].router.harden()
    before = model.ordering("digits")
    model.fit(images, labels, epochs=3, verbose=0)
    assert model.ordering("digits") == before


def test_the_soft_hard_gap_is_zero_for_a_hard_ordering(model, images, labels):
    model.task_layers["digits"].router.harden()
    gap = callbacks.SoftHardGap("digits", images, labels, batch_size=3)
    history = model.fit(images, labels, epochs=1, verbose=0, callbacks=[gap]).history
    assert history["soft_hard_gap"] == [0.0]


def test_the_soft_hard_gap_compares_the_two_accuracies(model, images):
    weights = {"soft": model.ordering("digits").weights, "hard": model.ordering("digits").hard().weights}
    answers = {
        name: keras.ops.convert_to_numpy(model.run_with_ordering("digits", images, value)).argmax(-1)
        for name, value in weights.items()
    }
    gap = callbacks.SoftHardGap("digits", images, answers["soft"], batch_size=3)
    gap.set_model(model)
    logs = {}
    gap.on_epoch_end(0, logs)
    # Labels are the soft ordering's own answers: 100 % of them, minus the share on which the hard one agrees.
    assert logs["soft_hard_gap"] == pytest.approx(100 * np.mean(answers["soft"] != answers["hard"]))


def test_the_history_has_the_orderings_after_each_epoch(model, images, labels):
    history = callbacks.OrderingHistory()
    orderings = [model.ordering("digits")]
    history.set_model(model.joint(("digits", "letters")))
    for epoch in range(2):
        history.on_train_begin()
        history.on_epoch_end(epoch)
        model.set_ordering("digits", [2, 0, 1])
        orderings.append(model.ordering("digits"))
    assert history.orderings == {"digits": orderings[:2], "letters": [model.ordering("letters")] * 2}
    model.fit(images, labels, verbose=0, callbacks=[history])
    assert history.orderings["digits"] == orderings


def test_the_history_of_an_unknown_task_is_refused(model, images, labels):
    with pytest.raises(ValueError, match="`tasks` must be one of"):
        model.fit(images, labels, verbose=0, callbacks=[callbacks.OrderingHistory(["words"])])


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: callbacks.TemperatureAnnealing(epochs=0), "epochs"),
        (lambda: callbacks.TemperatureAnnealing(start=0.0), "start"),
        (lambda: callbacks.Harden(-1), "epoch"),
        (lambda: callbacks.SoftHardGap("digits", [1, 2], [1]), "labels"),
    ],
)
def test_bad_arguments_are_refused(make, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        make()


def test_an_unknown_task_is_refused_before_the_first_step(model, images, labels, values):
    before = values(model)
    with pytest.raises(ValueError, match="`tasks` must be one of"):
        model.fit(images, labels, verbose=0, callbacks=[callbacks.Harden(0, tasks=["words"])])
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_warm_start_trains_the_cycle_first_and_then_draws(model, both):
    router = model.task_layers["digits"].router
    letters = Recorder(lambda: model.ordering("letters").is_hard)
    recorder = Recorder(lambda: (model.ordering("digits").blocks, model.ordering("digits").is_hard))
    warm = callbacks.WarmStart(2, tasks=["digits"], confidence=None)
    model.fit(*both, epochs=3, verbose=0, callbacks=[warm, recorder, letters])
    assert recorder.values[:2] == [((0, 1, 2), True)] * 2
    assert recorder.values[2][1] is False
    assert model.ordering("digits").entropy.max() <= np.log(3)
    assert not bool(keras.ops.convert_to_numpy(router.hardened))
    assert letters.values == [False] * 3


def test_draws_after_a_warm_start_begin_near_the_cycle_if_wished(model, images, labels):
    recorder = Recorder(lambda: model.ordering("digits").weights)
    warm = callbacks.WarmStart(1, tasks=["digits"], confidence=0.8)
    model.fit(images, labels, epochs=2, verbose=0, callbacks=[warm, recorder])
    np.testing.assert_allclose(recorder.values[1], 0.7 * np.eye(3) + 0.1, atol=1e-6)


def test_a_confidence_that_cannot_be_is_refused_before_the_first_step(model, images, labels, values):
    before = values(model)
    with pytest.raises(ValueError, match=r"`confidence` must be from 0\.333 to under 1\. Received: 0\.2"):
        model.fit(images, labels, epochs=2, verbose=0, callbacks=[callbacks.WarmStart(1, confidence=0.2)])
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_no_warm_start_leaves_an_ordering_alone(model, images, labels):
    model.set_ordering("digits", [2, 2, 2])
    model.fit(images, labels, epochs=1, verbose=0, callbacks=[callbacks.WarmStart(0)])
    assert model.ordering("digits").blocks == (2, 2, 2)


def test_annealing_may_begin_later(model, images, labels):
    recorder = Recorder(lambda: temperature(model, "digits"))
    anneal = callbacks.TemperatureAnnealing(4.0, 1.0, epochs=2, first_epoch=1)
    model.fit(images, labels, epochs=4, verbose=0, callbacks=[anneal, recorder])
    assert recorder.values == pytest.approx([4.0, 4.0, 1.0, 1.0])
