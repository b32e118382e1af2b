"""A new domain by a mixture of the blocks."""

import importlib

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.adaptation.domains.objectives import information_maximization
from keras_modnet.models.trainability import part_states

SOURCES = {"a": [0, 0, 0], "b": [1, 2, 1]}


@pytest.mark.usefixtures("untraced")
def test_a_mixture_starts_at_the_mean_of_the_sources_and_trains_its_weights_alone(scattered, target, values, adapt):
    before = values(scattered)
    result = adapt(scattered, SOURCES, target, search="mixture", epochs=3)
    # a runs 0 0 0 and b 1 2 1.
    mean = np.array([[0.5, 0.5, 0], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    assert result.start == "mean"
    assert result.ordering_after == scattered.ordering("digits")
    assert result.ordering_after.mixed
    assert 1e-3 < np.abs(result.ordering_after.weights - mean).max() < 1
    assert result.trained_parameters == 9
    assert result.objective_after < result.objective_statistics
    assert result.objective_after == pytest.approx(min(result.history["score"]), abs=1e-4)
    after = values(scattered)
    kept = [name for name in before if name in after and not name.endswith(("mean", "variance"))]
    assert all(np.array_equal(after[name], before[name]) for name in kept)
    logits = keras.ops.convert_to_numpy(scattered(target, training=False))
    score = float(keras.ops.convert_to_numpy(information_maximization(logits)))
    assert result.objective_after == pytest.approx(score, abs=1e-2)


@pytest.mark.usefixtures("untraced")
def test_separate_blocks_are_mixed_or_searched_one_by_one(make_model, target, adapt):
    model = make_model(compiled=False, tasks={"digits": 3}, num_blocks=6)
    labels, settings = np.arange(24) % 3, {"batches": 2, "batch_size": 4, "verbose": 0}
    domains = {"a": (target, labels), "b": (255 - target, labels)}
    trained = keras_modnet.fit_domains(model, "digits", domains, orderings="separate", **settings)
    assert adapt(model, trained, target, search="mixture", epochs=1).start == "mean"
    result = adapt(model, trained, target)
    assert (set(result.starts), result.ordering_after.is_hard) == ({"a", "b"}, True)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("parts", [(), ("norm",)])
def test_a_mixture_that_is_no_part_stays_the_mean_of_the_sources(scattered, target, parts, adapt):
    result = adapt(scattered, SOURCES, target, search="mixture", parts=parts)
    np.testing.assert_allclose(result.ordering_after.weights[1], [0.5, 0, 0.5])


@pytest.mark.usefixtures("untraced")
def test_labels_change_nothing_of_a_mixture(scattered, target, adapt):
    results = []
    weights = {name: keras.ops.convert_to_numpy(variable) for name, variable in scattered.named_variables().items()}
    for labels in (np.arange(24) % 3, np.full(24, 99)):
        scattered.set_ordering("digits", [0, 1, 2])
        for name, variable in scattered.named_variables().items():
            variable.assign(weights[name])
        results.append(adapt(scattered, SOURCES, [(target, labels)], search="mixture").ordering_after)
    assert results[0] == results[1]


@pytest.mark.usefixtures("untraced")
def test_an_error_while_a_mixture_trains_leaves_the_hard_ordering(
    scattered, target, values, monkeypatch, adapt, changed
):
    def broken(*arguments, **named):
        raise RuntimeError("power cut")

    before, states = values(scattered), part_states(scattered)
    monkeypatch.setattr(
        importlib.import_module("keras_modnet.adaptation.domains.adapting_run"), "train_unlabelled", broken
    )
    with pytest.raises(RuntimeError, match="power cut"):
        adapt(scattered, SOURCES, target, search="mixture")
    assert changed(scattered, before, values) == set()
    assert part_states(scattered) == states
