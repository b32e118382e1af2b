"""Model cards, rendered from the facts in a preset's metadata; no number is written by hand."""


def render_card(name, card):
    """Returns the README of a preset as Markdown.

    Args:
        name: name of the preset.
        card: the facts, as `training.publish.make_card` gives them and the metadata's schema has them.
    """
    sections = [
        f"# {name}\n\n{card['description']}",
        _usage(name, card),
        _results(card),
        _orderings(card),
        _data(card),
        _making(card),
        _limits(card),
    ]
    return "\n\n".join(sections) + "\n"


def _usage(name, card):
    task = card["tasks"][0]
    return f"""```python
import keras_modnet

model = keras_modnet.from_preset("{name}")
with model.use_task("{task}"):
    logits = model.predict(images)
```"""


def _results(card):
    lines = [
        "## Measured\n",
        "| task | test accuracy, % (mean ± std) | each seed | shipped | million multiply-adds | ms an image, CPU |",
        "|---|---|---|---|---|---|",
    ]
    for task, row in card["measured"].items():
        shipped = row["by_seed"][row["seeds"].index(row["shipped_seed"])]
        seeds = ", ".join(f"{value:.2f}" for value in row["by_seed"])
        macs, latency = card["macs"][task] / 1e6, card["latency_ms"][task]
        accuracy = f"{row['mean']:.2f} ± {row['std']:.2f}"
        lines.append(f"| {task} | {accuracy} | {seeds} | {shipped:.2f} | {macs:.2f} | {latency:.1f} |")
    first = next(iter(card["measured"].values()))
    seeds = ", ".join(map(str, first["seeds"]))
    notes = (
        f"Whole test sets, seeds {seeds}; the weights are those of seed {first['shipped_seed']}, chosen before "
        f"training. {card['unique_parameters']:,} parameters, each counted once. Latency: median of `to_static(task)`, "
        "one image a call, `predict_on_batch`, overhead of the call included."
    )
    return "\n".join([*lines, "", notes])


def _orderings(card):
    lines = ["## Orderings\n", "![orderings](orderings.png)\n", "| task | block of each step |", "|---|---|"]
    lines += [f"| {task} | {' '.join(map(str, blocks))} |" for task, blocks in card["orderings"].items()]
    return "\n".join(lines)


def _data(card):
    lines = ["## Data\n", "| task | data set | terms | cite |", "|---|---|---|---|"]
    lines += [f"| {task} | {row['name']} | {row['terms']} | {row['cite']} |" for task, row in card["data"].items()]
    return "\n".join(lines)


def _making(card):
    machine = card["machine"]
    versions = ", ".join(f"{package} {version}" for package, version in card["versions"].items())
    seconds = ", ".join(str(value) for value in card["training_seconds"])
    return f"""## How it was made

```
{card["command"]}
```

Recipe `{card["recipe"]}`. {machine["cpu_count"]} CPU cores ({machine["processor"]}), {machine["backend"]} backend,
Python {machine["python"]}, {versions}. Seconds of training, by seed: {seconds}."""


def _limits(card):
    return f"""## Licence and limits

Weights: {card["licence"]}. {card["limits"]} Cite
Zhmoginov, Bashkirova, Sandler 2021, "Compositional Models", arXiv 2107.10963 for the idea, and the data sets above."""
