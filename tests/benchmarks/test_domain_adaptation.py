import keras
import numpy as np
import pytest

import keras_modnet
from benchmarks import domain_methods as methods
from benchmarks.domain_sets import SETS
from benchmarks.domain_tables import ROWS, SINGLE_BEST, SINGLE_MEAN, accuracies, domain_tables
from benchmarks.domain_training import TASK, Case
from benchmarks.pixel_changes import change_pixels, changed_copies
from benchmarks.synthetic_digits import FACES, SIDE, synthetic_digits


@pytest.fixture(scope="module")
def drawn():
    return synthetic_digits(200, seed=3)


def test_synthetic_digits_follow_from_their_seed(drawn):
    images, labels = synthetic_digits(200, seed=3)
    np.testing.assert_array_equal(images, drawn[0])
    np.testing.assert_array_equal(labels, drawn[1])
    assert (synthetic_digits(20, seed=4)[0] != drawn[0][:20]).any()


def test_synthetic_digits_are_balanced_colour_images(drawn):
    images, labels = drawn
    assert (images.shape, images.dtype) == ((200, SIDE, SIDE, 3), np.uint8)
    assert np.bincount(labels).tolist() == [20] * 10
    # Every one of them shows something, in colours of its own.
    assert images.std((1, 2)).max(1).min() > 10
    assert len(np.unique(images.mean((1, 2)), axis=0)) == 200
    assert len(set(FACES)) == len(FACES)


def test_changed_pixels_keep_shapes_and_lose_polarity(drawn):
    images = np.zeros((64, 8, 8, 3), "uint8")
    images[:, 2:6, 2:6] = 200
    changed = change_pixels(images, np.random.default_rng(0))
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    inside, outside = changed[:, 2:6, 2:6].astype(int), changed[:, :2].astype(int)
    # Flat areas stay flat, and the square is darker than its surroundings in about half of the images.
    assert np.ptp(inside, axis=(1, 2)).max() == 0 == np.ptp(outside, axis=(1, 2)).max()
    darker = (inside.mean((1, 2, 3)) < outside.mean((1, 2, 3))).mean()
    assert 0.3 < darker < 0.7


def test_copies_hold_every_label_equally_often_with_changes_of_their_own():
    images, labels = np.full((3, 4, 4, 3), 90, "uint8"), np.arange(3)
    copies, copied = changed_copies(images, labels, 4, seed=0)
    assert np.bincount(copied).tolist() == [4, 4, 4]
    assert len(np.unique(copies[:, 0, 0], axis=0)) > 6


@pytest.mark.parametrize("name", SETS)
def test_a_target_and_its_siblings_are_never_among_its_sources(name):
    members = SETS[name]
    for target in members.domains:
        sources = members.sources(target, "folder")
        assert len(sources) >= 2
        assert target not in sources
    assert not {"fluent", "fluent_flat"} & set(SETS["emoji"].sources("fluent_flat", "folder"))


def test_what_tensorflow_datasets_lacks_is_left_out_without_a_folder():
    assert SETS["digits"].readable(None) == ["mnist", "synthetic", "optdigits"]
    assert SETS["office31"].readable(None) == []


@pytest.fixture
def new_model(monkeypatch):
    """Returns `new_model(set, scratch, copies)`: a network for labels of three classes."""
    monkeypatch.setattr(Case, "read", lambda case, domain, split: (None, np.arange(3)))
    network = {"num_blocks": 5, "num_steps": 3, "width": 4}

    def make(name, scratch, copies=1):
        return Case(name, None, (), 0, {}, network, "folder", scratch).new_model(copies)

    return make


def test_networks_of_photographs_start_from_the_steps_of_a_preset(new_model):
    preset = keras_modnet.from_preset("cifar10_reuse")
    blocks = preset.ordering("cifar10").blocks
    theirs = preset.named_variables()
    for copies in (1, 2):
        model = new_model("pacs", False, copies)
        assert (model.task_names, model.num_classes(TASK)) == ((TASK,), 3)
        assert (model.bank.num_blocks, model.ordering(TASK).blocks) == (8 * copies, tuple(range(8)))
        for name, variable in model.named_variables().items():
            value = keras.ops.convert_to_numpy(variable)
            if name.startswith("bank/"):
                expected = keras.ops.convert_to_numpy(theirs[name])[list(blocks) * copies]
                np.testing.assert_array_equal(value, expected)
            elif name.startswith(f"tasks/{TASK}/norm/"):
                named = name.replace(TASK, "cifar10")
                np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(theirs[named]))


@pytest.mark.parametrize(("name", "scratch"), [("digits", False), ("pacs", True)])
@pytest.mark.parametrize(("copies", "num_blocks"), [(1, 5), (2, 2 * 3)])
def test_other_networks_start_from_scratch(new_model, name, scratch, copies, num_blocks):
    model = new_model(name, scratch, copies)
    assert (model.bank.num_blocks, model.features_shape[-1]) == (num_blocks, 4)


def stored(gain):
    """Runs of two seeds in which the ordering gains so many points over the pooled network."""
    runs = []
    for seed in (0, 1):
        for target in ("amazon", "dslr", "webcam"):
            base = {"set": "office31", "domain": target, "seed": seed}
            rows = {row: {"accuracy_percent": 50.0 + seed, "seconds": 1.0} for row in ROWS}
            rows[methods.ORDERING] = {"accuracy_percent": 50.0 + seed + gain, "seconds": 2.0}
            del rows[SINGLE_MEAN], rows[SINGLE_BEST]
            runs.append(base | {"kind": "pooled", "rows": rows})
            others = {"amazon", "dslr", "webcam"} - {target}
            single = {other: {"accuracy_percent": len(target), "seconds": 1.0} for other in others}
            runs.append(base | {"kind": "single", "rows": single})
    return {"setting": {"targets": {"office31": ["amazon", "dslr", "webcam"]}}, "runs": runs}


def test_the_best_single_source_is_chosen_for_each_target():
    values = accuracies(stored(0)["runs"], "office31", ["amazon", "dslr", "webcam"])
    np.testing.assert_allclose(values[SINGLE_MEAN], [[5, 6, 5]] * 2)
    np.testing.assert_allclose(values[SINGLE_BEST], [[6, 6, 6]] * 2)


def test_differences_are_taken_seed_by_seed_and_keep_their_sign():
    lines = domain_tables(stored(-2)).splitlines()
    loss = next(line for line in lines if line.startswith(f"| {methods.ORDERING}, minus {methods.POOLED} "))
    assert loss.endswith("| -2.00 ± 0.00 |")
    mean = next(line for line in lines if line.startswith(f"| {methods.POOLED} |"))
    assert mean.endswith("| 50.50 ± 0.71 |")


def test_a_row_that_was_left_out_is_in_no_table():
    results = stored(1)
    for run in results["runs"]:
        run["rows"].pop(methods.DANN, None)
    lines = domain_tables(results).splitlines()
    assert lines == [line for line in domain_tables(stored(1)).splitlines() if methods.DANN not in line]


def test_what_was_left_out_of_some_runs_is_said():
    results = stored(1)
    del results["runs"][0]["rows"][methods.DANN]
    lines = [line for line in domain_tables(results).splitlines() if methods.DANN in line]
    # No set has a mean that the difference could be taken of.
    assert lines == [f"| {methods.DANN} | not run | 50.50 ± 0.71 | 50.50 ± 0.71 | not run |"]
