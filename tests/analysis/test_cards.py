"""A card says what its facts say: all of it, in one order, and nothing else."""

import pytest

from keras_modnet.analysis import model_facts, render_card

CARD = {
    "description": "Two tasks on two blocks.",
    "intended_use": "Tests.",
    "limits": "Reads nothing.",
    "licence": "CC0-1.0",
    "tasks": ["words", "digits"],
    "orderings": {"digits": [0, 1], "words": [1, 1]},
    "unique_parameters": 1234,
    "macs": {"digits": 2_500_000, "words": 1_000_000},
    "latency_ms": {"digits": 1.5, "words": 0.25},
    "measured": {
        task: {
            "metric": "test accuracy",
            "mean": mean,
            "std": 0.5,
            "seeds": [3, 5],
            "by_seed": [mean - 0.35, mean + 0.35],
            "shipped_seed": 5,
            "test_images": 10_000,
        }
        for task, mean in (("digits", 98.25), ("words", 90.0))
    },
    "controls": {"blocks run once": {"digits": {"mean": 97.0, "std": 1.0, "by_seed": [96.3, 97.7]}}},
    "data": {
        "digits": {"name": "mnist", "terms": "free", "cite": "A, 1998", "bibtex": "@misc{a}"},
        "words": {"name": "letters", "terms": "free", "cite": "B | C, 1995", "bibtex": "@misc{b}"},
    },
    "recipe": "training/recipes/tiny.py",
    "command": "python -m training.run --recipe=tiny",
    "commits": ["abc", "abc"],
    "setting": {"limit": None, "recipe": {"name": "tiny", "epochs": 2, "model": {"width": 4}}},
    "training_seconds": [7, 8],
    "machine": {"cpu_count": 2, "processor": "x86_64", "backend": "jax", "python": "3.11", "device": "cpu:0"},
    "versions": {"keras": "3.15.1"},
    "citations": ["@misc{weights}"],
}


def changed(**facts):
    """The card with other facts; a fact of None is left out."""
    return {name: fact for name, fact in (CARD | facts).items() if fact is not None}


def test_results_stand_task_by_task_with_every_seed_and_the_shipped_one():
    lines = render_card("tiny", CARD).splitlines()
    assert (
        "| task | test accuracy, % (mean ± std) | each seed | shipped | test images | million multiply-adds "
        "| ms an image, CPU |"
    ) in lines
    row = lines.index("| words | 90.00 ± 0.50 | 89.65, 90.35 | 90.35 | 10,000 | 1.00 | 0.25 |")
    assert lines[row + 1] == "| digits | 98.25 ± 0.50 | 97.90, 98.60 | 98.60 | 10,000 | 2.50 | 1.50 |"


@pytest.mark.parametrize(
    "line",
    [
        "Seeds 3, 5; the weights are those of seed 5, chosen before training. Whole test sets. 1,234 parameters, each",
        "| digits | this preset | 98.25 ± 0.50 | 97.90, 98.60 |\n| digits | blocks run once | 97.00 ± 1.00 | 96.30, ",
        'model = keras_modnet.from_preset("tiny")\nlogits = model.task("words").predict(images)\n```\n',
        "| words | 1 1 |\n| digits | 0 1 |",
        r"| words | letters | free | B \| C, 1995 |",
        "```\npython -m training.run --recipe=tiny\n```",
        "Recipe `training/recipes/tiny.py`. Code at commit `abc`.",
        "`epochs=2`, `width=4`.",
        "Seconds of training, by seed: 7, 8. 2 CPU cores (x86_64), device `cpu:0`, jax backend, Python 3.11, keras 3.",
        "## Intended use\n\nTests.\n",
        "## Limits\n\nReads nothing.\n",
        "## Licence of the weights\n\nCC0-1.0\n",
        "}\n\n@misc{weights}\n\n@misc{a}\n\n@misc{b}\n```\n",
    ],
)
def test_a_card_says(line):
    assert line in render_card("tiny", CARD)


def test_the_order_of_the_facts_changes_nothing():
    backwards = {name: CARD[name] for name in reversed(CARD)}
    backwards["measured"] = {task: CARD["measured"][task] for task in reversed(CARD["measured"])}
    assert render_card("tiny", backwards) == render_card("tiny", CARD)


def test_a_card_without_facts_is_name_and_citation():
    text = render_card("bare", {})
    assert [line for line in text.splitlines() if line.startswith("#")] == ["# bare", "## How to cite"]
    assert "logits = model.predict(images)" in text
    assert "arXiv:2107.10963" in text


@pytest.mark.parametrize(
    ("fact", "title"),
    [
        ("limits", "## Limits"),
        ("controls", "## Controls"),
        ("orderings", "## Orderings"),
        ("data", "## Data"),
        ("commits", "commit"),
        ("setting", "test sets"),
        ("latency_ms", "Latency"),
    ],
)
def test_a_fact_that_is_missing_is_not_mentioned(fact, title):
    assert title in render_card("tiny", CARD)
    assert title not in render_card("tiny", changed(**{fact: None}))


def test_a_picture_is_shown_where_there_is_one():
    assert "![orderings](orderings.png)" in render_card("tiny", CARD, "orderings.png")
    assert "![" not in render_card("tiny", CARD)


def test_commits_that_differ_stand_by_seed():
    assert "Code at commits, by seed: `abc`, `def-dirty`." in render_card("tiny", changed(commits=["abc", "def-dirty"]))


def test_a_limit_is_said():
    setting = {**CARD["setting"], "limit": 500}
    assert "The first 500 images at most of each training and test set." in render_card("t", changed(setting=setting))


def test_measures_of_several_kinds_have_a_column():
    measured = {
        "digits": {"metric": "test accuracy", "mean": 98.25, "std": 0.5, "seeds": 2},
        "words": {"metric": "mean reciprocal rank", "mean": 0.5},
    }
    text = render_card("tiny", changed(measured=measured, controls=None, macs=None, latency_ms=None))
    assert "| task | measure | mean ± std |\n" in text
    assert "| words | mean reciprocal rank | 0.50 |\n| digits | test accuracy | 98.25 ± 0.50 |" in text


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("Drawn by hand.", "## Data\n\nDrawn by hand.\n"),
        (["mnist", "letters"], "## Data\n\n- mnist\n- letters\n"),
        ({"digits": "mnist"}, "| task | data set |\n| --- | --- |\n| digits | mnist |\n"),
    ],
)
def test_data_may_be_said_in_the_ways_of_the_schema(data, shown):
    assert shown in render_card("tiny", changed(data=data))


def test_a_recipe_may_be_a_document():
    assert 'Recipe: `{"epochs": 2}`.' in render_card("tiny", changed(recipe={"epochs": 2}))


def test_facts_of_a_model_are_those_that_it_gives(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [2, 0, 2])
    facts = model_facts(model)
    assert facts["tasks"] == ["digits", "letters"]
    assert facts["orderings"]["digits"] == [2, 0, 2]
    assert facts["macs"] == {task: model.count_macs(task) for task in model.task_names}
    assert set(facts["latency_ms"]) == set(model.task_names)
    assert min(facts["latency_ms"].values()) > 0
    # Scalars, temperature and flag of a router, are no parameters.
    arrays = [variable.numpy() for variable in model.named_variables().values()]
    assert facts["unique_parameters"] == sum(array.size for array in arrays if array.ndim)
