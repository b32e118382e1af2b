"""The table of `benchmarks.demo`."""

from benchmarks.shared.tables import mean_and_spread


def table(results):
    """Returns the comparison as Markdown: trained parameters beside accuracy, mean and spread over the seeds.

    Args:
        results: what `rows.compare` returned.
    """
    setting, runs = results["setting"], results["runs"]
    seeds = sorted({run["seed"] for run in runs})
    lines = [
        f"| what trains ({setting['train_images']} images, {setting['epochs']} epochs) | trained parameters "
        f"| test accuracy, % (mean ± std of {len(seeds)} seeds) |",
        "|---|---:|---:|",
    ]
    for method in dict.fromkeys(run["method"] for run in runs):
        own = [run for run in runs if run["method"] == method]
        accuracies = [run["accuracy_percent"] for run in own]
        lines.append(f"| {method} | {own[0]['trained_parameters']:,} | {mean_and_spread(accuracies)} |")
    return "\n".join(lines)
