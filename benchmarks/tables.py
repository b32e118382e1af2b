"""Tables from results, as Markdown."""

import numpy as np

from keras_modnet.presets.figures import format_latency, format_macs, format_result


def demo_table(results):
    """Returns the demo's comparison: trained parameters beside accuracy, mean and spread over the seeds.

    Args:
        results: what `benchmarks.demo_task.compare` returned.
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


def mean_and_spread(values):
    """Returns "mean ± standard deviation" with two decimals; of one value the value alone."""
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}"


def preset_table(presets):
    """Returns the table of presets: one row a task.

    Args:
        presets: what `keras_modnet.list_presets` returned.
    """
    lines = [
        "| preset | task | test accuracy, % (mean ± std) | unique parameters | million multiply-adds "
        "| ms an image, CPU | licence |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for info in presets.values():
        for task in info.tasks:
            # A preset made from somebody else's checkpoint has not been measured here.
            missing, std = "not measured", info.accuracy_std.get(task)
            accuracy = format_result(info.accuracy[task], std) if task in info.accuracy else missing
            latency = format_latency(info.latency_ms[task]) if task in info.latency_ms else missing
            cost = f"{format_macs(info.macs[task])} | {latency}"
            lines.append(
                f"| {info.name} | {task} | {accuracy} | {info.unique_parameters:,} | {cost} | {info.licence} |"
            )
    return "\n".join(lines)
