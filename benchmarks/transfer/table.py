"""The tables of `benchmarks.transfer`, and what they say about its aims."""

import numpy as np

from benchmarks.shared.tables import mean_and_spread
from benchmarks.transfer.run import FULL, NORMS, ORDERING, PROBE


def table(results):
    """Returns accuracies by size and target, then what they say about each aim, as Markdown tables.

    Args:
        results: what `rows.compare` returned.
    """
    runs, targets = results["runs"], list(results["setting"]["targets"])
    full = {run["target"]: run["trained_parameters"] for run in runs if run["method"] == FULL}
    head = f"| images a class | what trains | trained parameters, share of {FULL} | {' | '.join(targets)} | mean |"
    lines = [head, "|---|---|---:|" + "---:|" * (len(targets) + 1)]
    for size in dict.fromkeys(run["size"] for run in runs):
        for method in dict.fromkeys(run["method"] for run in runs):
            own = [run for run in runs if (run["size"], run["method"]) == (size, method)]
            counts = [run["trained_parameters"] for run in own]
            cells = [mean_and_spread([run["accuracy_percent"] for run in own if run["target"] == t]) for t in targets]
            # Presets and classes differ: each target has a share of its own.
            most = max(100 * run["trained_parameters"] / full[run["target"]] for run in own)
            share = f"{min(counts):,} to {max(counts):,}, at most {most:.1f} %"
            cells = " | ".join([size, method, share, *cells, mean_and_spread(seed_means(runs, size, method))])
            lines.append(f"| {cells} |")
    return "\n".join([*lines, "", *checks(runs), "", notes(results)])


def checks(runs):
    """Returns the lines of a Markdown table: differences of means over the targets, for each number of images.

    Args:
        runs: runs of all methods.
    """
    sizes = list(dict.fromkeys(run["size"] for run in runs))
    known = {run["method"] for run in runs}
    rows = {
        f"{NORMS}, % of {FULL}": (NORMS, FULL, lambda own, other: 100 * own / other),
        f"{ORDERING} minus {PROBE}, points": (ORDERING, PROBE, np.subtract),
        f"{ORDERING} minus statistics + head, points": (ORDERING, "statistics + head (control)", np.subtract),
        f"{NORMS} minus norms + head, points": (NORMS, "norms + head", np.subtract),
        f"{NORMS} minus low-rank kernels + head, points": (NORMS, "low-rank kernels + head", np.subtract),
        f"{ORDERING} minus {FULL}, points": (ORDERING, FULL, np.subtract),
    }
    lines = [f"| mean over the targets | {' | '.join(sizes)} |", "|---|" + "---:|" * len(sizes)]
    for name, (own, other, compared) in rows.items():
        if {own, other} <= known:
            cells = [
                mean_and_spread(compared(seed_means(runs, size, own), seed_means(runs, size, other))) for size in sizes
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def seed_means(runs, size, method):
    """Returns an array of the mean accuracy over the targets, one a seed.

    Args:
        runs: runs of all methods.
        size: one of `data.SIZES`.
        method: key of `run.METHODS`.
    """
    own = [run for run in runs if (run["size"], run["method"]) == (size, method)]
    seeds = sorted({run["seed"] for run in own})
    return np.array([np.mean([run["accuracy_percent"] for run in own if run["seed"] == seed]) for seed in seeds])


def notes(results):
    """Returns a sentence each on what the seeds vary, where learning rates come from, and how long training is.

    Args:
        results: what `rows.compare` returned.
    """
    setting, runs = results["setting"], results["runs"]
    sizes = list(dict.fromkeys(run["size"] for run in runs))
    text = [
        f"At most {setting['test_images']:,} test images, the same for all seeds. Learning rates: the better of two on "
        f"a fifth of the first seed's training images at {setting['tuning_size']} a class, used at every size, so that "
        "rows of fewer images owe their rate to more of them.",
        f"About so many steps of at most {setting['batch_size']} images: "
        + ", ".join(f"{setting['steps'][size]} ({size})" for size in sizes)
        + ".",
    ]
    if "full" in sizes:
        counts = {run["target"]: run["train_images"] for run in runs if run["size"] == "full"}
        named = ", ".join(f"{target} {count:,}" for target, count in counts.items())
        text.append(
            f"Full: at most {setting['full_images']:,} training images ({named}); where a set has fewer, all seeds "
            "train on the same images and vary training alone."
        )
    return " ".join(text)
