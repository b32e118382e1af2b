"""Model cards, rendered from the facts in a preset's metadata; no number is written by hand."""

import json

from keras_modnet.analysis.card_making import making_section
from keras_modnet.analysis.card_tables import controls_table, data_table, markdown_table, results_table, task_order

IDEA = """@article{zhmoginov2021compositional,
  title = {Compositional Models: Multi-Task Learning and Knowledge Transfer with Modular Networks},
  author = {Zhmoginov, Andrey and Bashkirova, Dina and Sandler, Mark},
  journal = {arXiv preprint arXiv:2107.10963},
  year = {2021}
}"""


def render_card(name, card, picture=None):
    """Returns the README of a preset as Markdown; what the facts do not say, it does not mention.

    Args:
        name: name of the preset, that of its folder.
        card: dict of the facts, as `card` in the metadata's schema; all are optional. Beside those of the schema it
            shows `limits`, `intended_use`, `command`, `setting`, `machine` and `training_seconds`, as
            `python -m training.run` writes them, and `outputs`, what a prediction is called where it is no logits.
            `analysis.model_facts` gives those that follow from the model.
        picture: file name of a picture of the orderings in the preset's folder. Default `None`: there is none.

    Returns:
        The text of `README.md`.
    """
    # In the order of `metadata.json`, so that a card made before it is written equals the one made from it.
    card = json.loads(json.dumps(card, sort_keys=True))
    sections = [
        f"# {name}",
        card.get("description"),
        _usage(name, card),
        _words("Intended use", card, "intended_use"),
        _results(card),
        _controls(card),
        _orderings(card, picture),
        _data(card),
        making_section(card),
        _words("Limits", card, "limits"),
        _words("Licence of the weights", card, "licence"),
        _citations(card),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _words(title, card, fact):
    return f"## {title}\n\n{card[fact]}" if card.get(fact) else None


def _usage(name, card):
    tasks = task_order(card)
    own = f'model.task("{tasks[0]}")' if tasks else "model"
    outputs = card.get("outputs", "logits")
    return f"""```python
import keras_modnet

model = keras_modnet.from_preset("{name}")
{outputs} = {own}.predict(images)
```"""


def _results(card):
    if not any(card.get(fact) for fact in ("measured", "macs", "latency_ms")):
        return None
    notes = " ".join(note for note in (_seeds(card), _test_sets(card), _size(card), _latency(card)) if note)
    return f"## Measured\n\n{results_table(card)}" + (f"\n\n{notes}" if notes else "")


def _seeds(card):
    row = next(iter(card.get("measured", {}).values()), {})
    if not isinstance(row.get("seeds"), list) or "shipped_seed" not in row:
        return None
    seeds = ", ".join(map(str, row["seeds"]))
    plural = "s" if len(row["seeds"]) > 1 else ""
    return f"Seed{plural} {seeds}; the weights are those of seed {row['shipped_seed']}, chosen before training."


def _test_sets(card):
    if "setting" not in card:
        return None
    limit = card["setting"].get("limit")
    return "Whole test sets." if limit is None else f"The first {limit:,} images at most of each training and test set."


def _size(card):
    parameters = card.get("unique_parameters")
    return None if parameters is None else f"{parameters:,} parameters, each counted once."


def _latency(card):
    if not card.get("latency_ms"):
        return None
    return (
        "Latency: median of `to_static(task)`, one image a call, `predict_on_batch`, overhead of the call included, "
        "measured when the preset was written."
    )


def _controls(card):
    if not card.get("controls"):
        return None
    return f"## Controls\n\nOther runs on the same data, measured alike.\n\n{controls_table(card)}"


def _orderings(card, picture):
    orderings = card.get("orderings")
    if not orderings:
        return None
    rows = [
        {"task": task, "block of each step": " ".join(map(str, orderings[task]))}
        for task in task_order(card)
        if task in orderings
    ]
    shown = f"![orderings]({picture})\n\n" if picture else ""
    return f"## Orderings\n\n{shown}{markdown_table(rows)}"


def _data(card):
    data = card.get("data")
    if not data:
        return None
    if isinstance(data, dict):
        return f"## Data\n\n{data_table(data, task_order(card))}"
    return "## Data\n\n" + (data if isinstance(data, str) else "\n".join(f"- {item}" for item in data))


def _citations(card):
    data = card.get("data")
    of_data = [row.get("bibtex") for row in data.values() if isinstance(row, dict)] if isinstance(data, dict) else []
    entries = dict.fromkeys([IDEA, *card.get("citations", []), *(entry for entry in of_data if entry)])
    return "## How to cite\n\n```bibtex\n" + "\n\n".join(entries) + "\n```"
