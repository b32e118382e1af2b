import importlib

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.adaptation.domains.batches import DomainBatches
from keras_modnet.adaptation.domains.turns import Turn
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.models.task_layers import TaskLayers
from keras_modnet.models.trainability import part_states


def domain(seed, inverted=False):
    labels = np.arange(24) % 3
    images = np.random.default_rng(seed).uniform(0, 40, (24, 4, 4, 1)) + 90 * labels[:, None, None, None]
    return (255 - images if inverted else images).astype("uint8"), labels


@pytest.fixture
def sources():
    return {"bright": domain(0), "dark": domain(1, inverted=True)}


@pytest.fixture
def model(make_model):
    return make_model(compiled=False, tasks={"digits": 3, "letters": 2})


FAST = {"batches": 4, "batch_size": 6, "search_images": 12, "verbose": 0}


@pytest.mark.usefixtures("untraced")
def test_every_domain_gets_an_ordering_and_the_task_keeps_the_pooled_one(model, sources):
    trained = keras_modnet.fit_domains(model, "digits", sources, **FAST)
    assert set(trained.orderings) == set(sources)
    assert all(ordering.is_hard for ordering in trained.orderings.values())
    assert model.ordering("digits") == trained.pooled
    assert trained.pooled.blocks == (0, 1, 2)
    assert len(trained.history["loss"]) == 2


@pytest.mark.usefixtures("untraced")
def test_a_shared_ordering_is_that_of_the_task(model, sources):
    model.set_ordering("digits", [2, 0, 2])
    trained = keras_modnet.fit_domains(model, "digits", sources, orderings="shared", **FAST)
    assert {ordering.blocks for ordering in (trained.pooled, *trained.orderings.values())} == {(2, 0, 2)}


@pytest.mark.usefixtures("untraced")
def test_separate_blocks_start_as_copies_and_the_task_keeps_their_mixture(make_model, sources, values):
    model = make_model(compiled=False, tasks={"digits": 3}, num_blocks=7)
    # A rate of zero: nothing learns, and copies stay what they are.
    settings = FAST | {"learning_rate": 0.0, "weight_decay": 0.0}
    before = values(model)["bank/conv1/kernel"]
    trained = keras_modnet.fit_domains(model, "digits", sources, orderings="separate", **settings)
    assert {name: own.blocks for name, own in trained.orderings.items()} == {"bright": (0, 1, 2), "dark": (3, 4, 5)}
    kernels = values(model)["bank/conv1/kernel"]
    np.testing.assert_array_equal(kernels, before[[0, 1, 2, 0, 1, 2, 6]])
    assert trained.pooled.mixed
    np.testing.assert_allclose(trained.pooled.weights[0], [0.5, 0, 0, 0.5, 0, 0, 0])
    assert model.ordering("digits") == trained.pooled


@pytest.mark.usefixtures("untraced")
def test_separate_blocks_learn_by_their_own_domain(make_model, sources, values):
    model = make_model(compiled=False, tasks={"digits": 3}, num_blocks=6)
    keras_modnet.fit_domains(model, "digits", sources, orderings="separate", travel=0.0, **FAST)
    kernels = values(model)["bank/conv1/kernel"]
    assert np.abs(kernels[:3] - kernels[3:]).max() > 1e-4


@pytest.mark.usefixtures("untraced")
def test_all_but_orderings_and_other_tasks_trains_and_what_trains_is_as_before(model, sources, values):
    before, states = values(model), part_states(model)
    keras_modnet.fit_domains(model, "digits", sources, orderings={"bright": [0, 0, 0], "dark": [1, 1, 1]}, **FAST)
    changed = {name for name, value in values(model).items() if not np.array_equal(value, before[name])}
    assert {"stem/kernel", "bank/conv1/kernel", "tasks/digits/head/kernel"} <= changed
    assert not any(name.startswith("tasks/letters") for name in changed)
    assert part_states(model) == states


def test_routes_of_their_own_learn_domains_that_contradict_each_other(make_model, sources):
    # The same images with other labels: nothing but the ordering tells the domains apart.
    images, labels = sources["bright"]
    contrary = {"one": (images, labels), "other": (images, (labels + 1) % 3)}
    model = make_model(compiled=False, tasks={"digits": 3}, width=8)
    routes = {"one": [0, 0, 0], "other": [1, 1, 1]}
    settings = FAST | {"batches": 100, "batch_size": 12, "learning_rate": 1e-2}
    keras_modnet.fit_domains(model, "digits", contrary, orderings=routes, travel=0.0, **settings)
    for name, (_, own) in contrary.items():
        model.set_ordering("digits", routes[name])
        keras_modnet.refresh_statistics(model, "digits", [images])
        assert (model.predict(images, verbose=0).argmax(-1) == own).mean() > 0.9


def test_routes_change_without_tracing_again(model, sources, monkeypatch):
    runs = []
    original = TaskLayers.call
    monkeypatch.setattr(TaskLayers, "call", lambda self, *a, **k: runs.append(0) or original(self, *a, **k))
    orderings = {"bright": [0, 0, 0], "dark": [1, 1, 1]}
    keras_modnet.fit_domains(model, "digits", sources, orderings=orderings, **FAST | {"batches": 20})
    # Torch runs Python at every step and where Keras looks at the first batch; the others only where they trace.
    assert len(runs) <= (22 if keras.backend.backend() == "torch" else 8)


def test_a_mixed_batch_has_every_domain_in_equal_parts(sources):
    batches = DomainBatches(sources, [Turn(("bright", "dark"), (0, 0, 0))] * 3, 6, seed=0)
    images, labels = batches[0]
    assert (images.shape, labels.shape) == ((6, 4, 4, 1), (6,))
    assert {image.tobytes() for image in images[:3]} <= {image.tobytes() for image in sources["bright"][0]}
    assert {image.tobytes() for image in images[3:]} <= {image.tobytes() for image in sources["dark"][0]}
    np.testing.assert_array_equal(batches[0][0], images)
    batches.on_epoch_end()
    assert not np.array_equal(batches[0][0], images)


@pytest.mark.usefixtures("untraced")
def test_datasets_and_lists_of_batches_serve_as_arrays_do(model, sources):
    images, labels = sources["dark"]
    mixed = {
        "bright": ArrayBatches(*sources["bright"], batch_size=8),
        "dark": [(images[:12], np.eye(3)[labels[:12]]), (images[12:], np.eye(3)[labels[12:]])],
    }
    trained = keras_modnet.fit_domains(model, "digits", mixed, **FAST)
    assert set(trained.orderings) == {"bright", "dark"}


@pytest.mark.usefixtures("untraced")
def test_an_interruption_leaves_everything_as_it_was(model, sources, values, monkeypatch, changed):
    def interrupted(*arguments, **named):
        raise KeyboardInterrupt

    model.set_ordering("digits", [2, 0, 2])
    before, states = values(model), part_states(model)
    module = importlib.import_module("keras_modnet.adaptation.domains.training_run")
    monkeypatch.setattr(module, "search_ordering", interrupted)
    with pytest.raises(KeyboardInterrupt):
        keras_modnet.fit_domains(model, "digits", sources, **FAST)
    assert changed(model, before, values) == set()
    assert part_states(model) == states


BAD = {
    "task": ({"task": "words"}, "`task` must be one of"),
    "no sources": ({"sources": {}}, "`sources` must be a dict"),
    "name": ({"sources": {"pooled": domain(0)}}, "`sources` must be domains of other names than 'pooled'"),
    "labels": ({"sources": {"a": (domain(0)[0], domain(0)[1] + 3)}}, "labels of domain a` must be from 0 to 2"),
    "text": ({"sources": {"a": (domain(0)[0], np.array(["x"] * 24))}}, "labels of domain a` must be numbers"),
    "other rows": (
        {"sources": {"a": [(domain(0)[0], np.eye(4)[domain(0)[1]])]}},
        "must be rows of 3 classes",
    ),
    "empty": ({"sources": {"a": []}}, r"`sources\['a'\]` must be a dataset with at least one batch"),
    "travel": ({"travel": 1.5}, "`travel` must be a share from 0 to 1"),
    "batches": ({"batches": 0}, "`batches` must be"),
    "batch size": ({"batch_size": 1}, "`batch_size` must be at least one image of each of 2 domains"),
    "orderings": ({"orderings": "own"}, "`orderings` must be one of"),
    "other domains": ({"orderings": {"bright": [0, 0, 0]}}, '"separate", "shared" or a dict with the domains'),
    "few blocks": ({"orderings": "separate"}, "`num_blocks` must be at least 6: 3 for each of 2"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused_before_any_step(model, sources, values, case):
    arguments, message = BAD[case]
    before = values(model)
    with pytest.raises(ValueError, match=message):
        keras_modnet.fit_domains(model, **({"task": "digits", "sources": sources} | FAST | arguments))
    assert all(np.array_equal(value, before[name]) for name, value in values(model).items())
