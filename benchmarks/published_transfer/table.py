"""The tables of `benchmarks.published_transfer`, and what they say about its aims."""

import numpy as np

from benchmarks.published_transfer.data import FAR
from benchmarks.published_transfer.run import BOTH, DEPTH, FULL, NORMS, ORDERING, PROBE, RANKS
from benchmarks.shared.tables import markdown, mean_and_spread


def table(results):
    """Returns accuracies by size and target, then what they say about each aim, as Markdown tables.

    Args:
        results: what `rows.compare` returned.
    """
    runs, targets = results["runs"], results["setting"]["targets"]
    header = ["images a class, way", "trained parameters", "seconds", "MACs, %", *targets, "mean"]
    rows = []
    for size, method in _each(runs, "size", "method"):
        own = [run for run in runs if (run["size"], run["method"]) == (size, method)]
        cells = [mean_and_spread([run["accuracy_percent"] for run in own if run["target"] == t]) for t in targets]
        rows.append(
            [f"{size}: {method}", *_costs(own, runs), *cells, mean_and_spread(_means(runs, size, method, targets))]
        )
    return "\n\n".join([markdown(header, rows), _aims(runs, targets), _notes(results)])


def _each(runs, *keys):
    return list(dict.fromkeys(tuple(run[key] for key in keys) for run in runs))


def _costs(own, runs):
    """Returns the most parameters that trained, seconds, and multiply-adds beside those of the published order."""
    most = max(run["trained_parameters"] for run in own)
    published = {run["target"]: run["macs"] for run in runs if run["method"] == PROBE}
    macs = np.mean([100 * run["macs"] / published[run["target"]] for run in own])
    return f"{most:,}", f"{np.mean([run['seconds'] for run in own]):.0f}", f"{macs:.0f}"


def _means(runs, size, method, targets):
    """Returns the mean accuracy over targets, one a seed."""
    own = [run for run in runs if (run["size"], run["method"]) == (size, method) and run["target"] in targets]
    seeds = sorted({run["seed"] for run in own})
    return np.array([np.mean([run["accuracy_percent"] for run in own if run["seed"] == seed]) for seed in seeds])


def _aims(runs, targets):
    known = {run["method"] for run in runs}
    sizes, far = [size for (size,) in _each(runs, "size")], [target for target in targets if target in FAR]
    aims = {
        f"{BOTH}, % of {FULL}": (BOTH, FULL, targets, lambda own, other: 100 * own / other),
        f"{DEPTH} minus {PROBE}": (DEPTH, PROBE, targets, np.subtract),
        f"{DEPTH} minus {PROBE}, tasks far from photographs": (DEPTH, PROBE, far, np.subtract),
        f"{ORDERING} minus {PROBE}, tasks far from photographs": (ORDERING, PROBE, far, np.subtract),
        f"{ORDERING} minus {PROBE}": (ORDERING, PROBE, targets, np.subtract),
        f"{ORDERING} minus {DEPTH}": (ORDERING, DEPTH, targets, np.subtract),
        f"{ORDERING} minus {FULL}": (ORDERING, FULL, targets, np.subtract),
        f"{BOTH} minus {NORMS}": (BOTH, NORMS, targets, np.subtract),
        f"{BOTH} minus {RANKS}": (BOTH, RANKS, targets, np.subtract),
    }
    rows = []
    for name, (own, other, chosen, compared) in aims.items():
        if not {own, other} <= known:
            continue
        pairs = [(_means(runs, size, own, chosen), _means(runs, size, other, chosen)) for size in sizes]
        rows.append([name, *(mean_and_spread(compared(*pair)) if chosen else "" for pair in pairs)])
    return markdown(["points, mean over the targets", *sizes], rows)


def _notes(results):
    setting, known = results["setting"], {run["method"] for run in results["runs"]}
    text = [
        f"At most {setting['test_images']:,} test images, the same for all seeds. A head alone trains "
        f"{setting['head_epochs']} epochs on features that are computed once."
    ]
    if known & {NORMS, BOTH, RANKS, FULL}:
        steps = ", ".join(f"{count} ({size})" for size, count in setting["steps"].items())
        rates = ", ".join(f"{method} {rate:g}" for method, rate in setting["learning_rates"].items())
        tuning = setting["tuning"]
        text.append(
            f"Where blocks run in every step, about {steps} steps of {setting['batch_size']} images. Learning rates: "
            f"{rates}; where there was a choice the best one on held-out images of {tuning['target']} at "
            f"{tuning['size']} a class, used everywhere."
        )
    if known & {ORDERING, BOTH}:
        text.append(f"Searches end after {setting['search']['seconds']} s at the latest.")
    return " ".join(text)
