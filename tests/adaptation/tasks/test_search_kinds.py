import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import Ordering, Search
from keras_modnet.adaptation.tasks import ordering
from keras_modnet.data.array_batches import ArrayBatches


@pytest.fixture
def searched(monkeypatch):
    """Puts orderings in the place of what `search_edits` finds; returns the arguments that it gets."""
    calls = []

    def give(found):
        def search(model, task, data, start=None, **options):
            calls.append({"task": task, "start": start} | options)
            return keras_modnet.EditSearch(found, 0.5, 0.4, 2, 1.0, (), False)

        monkeypatch.setattr(ordering, "search_edits", search)
        return calls

    return give


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("parts", [("ordering", "head"), ("ordering", "norm", "head")])
def test_a_search_by_edits_may_give_more_steps_whose_norms_are_copies(model, data, values, searched, adapt, parts):
    scale = model.named_variables()["tasks/letters/norm/norm1/scale"]
    # Another number for each step.
    scale.assign(np.repeat([[1.0], [1.1], [1.2]], scale.shape[1], axis=1))
    before = values(model)["tasks/letters/norm/norm1/scale"]
    searched(Ordering.from_blocks([0, 1, 2], 3).repeat(1).remove(0))
    result = adapt(model, data, parts=parts, search="edits", learning_rate=0.0)
    assert model.ordering("letters").blocks == result.ordering_after.blocks == (1, 1, 2)
    np.testing.assert_allclose(values(model)["tasks/letters/norm/norm1/scale"], before[[1, 1, 2]])
    assert result.search.error_after == 0.4


@pytest.mark.usefixtures("untraced")
def test_what_trained_is_counted_with_the_steps_that_were_found(model, data, searched, adapt):
    searched(Ordering.from_blocks([0, 1, 2], 3).repeat(1))
    # 4 steps x 3 blocks of logits; head: 4 x 2 kernel, 2 bias, scale and offset of its norm, 4 channels each.
    assert adapt(model, data, parts=("ordering", "head"), search="edits").trained_parameters == 12 + 8 + 2 + 4 + 4


@pytest.mark.usefixtures("untraced")
def test_the_settings_reach_the_search(model, data, searched, adapt):
    calls = searched(Ordering.from_blocks([0, 1, 2], 3))
    parts = ("ordering", "head")
    adapt(model, data, parts=parts, search=Search("edits", 12, seconds=5, cost=0.01, max_steps=4), seed=7)
    options = {"max_images": 12, "seed": 7, "seconds": 5, "cost": 0.01, "max_steps": 4, "only_truncations": False}
    assert calls.pop() == {"task": "letters", "start": None} | options
    adapt(model, data, parts=parts, search="truncation")
    assert calls.pop()["only_truncations"]
    adapt(model, data, parts=parts, search=Search("edits", start="uniform"), seed=7)
    assert calls.pop()["start"] == np.random.default_rng(7).integers(0, 3, 3).tolist()


@pytest.mark.usefixtures("untraced")
def test_the_ordering_is_that_of_the_search_alone(model, data, adapt):
    batches = ArrayBatches(*data, batch_size=8, seed=7)
    images, labels = (np.concatenate(parts) for parts in zip(*(batches[i] for i in range(2)), strict=True))
    alone = keras_modnet.search_edits(model, "letters", (images, labels), seed=7)
    result = adapt(model, data, parts=("ordering", "head"), search="edits", seed=7)
    assert [row.blocks for row in result.search.tried] == [row.blocks for row in alone.tried]
    assert model.ordering("letters") == result.search.ordering == alone.ordering


@pytest.mark.parametrize(("num_steps", "kind"), [(20, "coordinate"), (51, "edits")])
def test_deep_banks_are_searched_by_edits(make_model, num_steps, kind):
    model = make_model(compiled=False, tasks={"letters": {"num_classes": 2, "num_steps": num_steps}})
    many, few = ([(None, np.arange(count) % 2)] for count in (40, 39))
    layers, parts = model.task_layers["letters"], ("ordering", "norm", "head")
    assert ordering.choose_search(parts, Search(), layers, many, False) == (parts, kind)
    with_few = {"coordinate": (("norm", "head"), None), "edits": (parts, "truncation")}
    assert ordering.choose_search(parts, Search(), layers, few, False) == with_few[kind]
    assert ordering.choose_search((*parts, "bank"), Search(), layers, many, False)[1] == "gumbel"


def test_edits_judge_features_so_they_need_a_head_on_frozen_blocks(model, data, adapt):
    for parts in (("ordering",), ("ordering", "head", "bank")):
        with pytest.raises(ValueError, match=r"`search` must be none of .*'edits'"):
            adapt(model, data, parts=parts, search="edits")


@pytest.mark.usefixtures("untraced")
def test_a_run_that_fails_after_the_search_leaves_the_former_steps(model, data, values, searched, adapt):
    before = values(model)
    searched(Ordering.from_blocks([0, 1, 2], 3).repeat(1))

    def fail(epoch, logs):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        adapt(model, data, search="edits", callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=fail)])
    after = values(model)
    assert model.ordering("letters").blocks == (0, 1, 2)
    assert all(np.array_equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("arguments", "argument"), [({"seconds": -1}, "seconds"), ({"cost": -1.0}, "cost"), ({"max_steps": 0}, "max_steps")]
)
def test_bad_budgets_are_refused(arguments, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        Search("edits", **arguments)
