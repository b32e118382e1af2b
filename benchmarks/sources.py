"""Does the search find an order? The demo's task, started from the ordering and norms of each task of the bank.

Example:
    python -m benchmarks.sources --output=benchmarks/results/sources.json
"""

import json
import os
import pathlib

from absl import app, flags

OUTPUT = flags.DEFINE_string("output", "benchmarks/results/sources.json", "File of the results.")
SEEDS = flags.DEFINE_integer("seeds", 3, "Seeds of each method: split, order of images, new head.", lower_bound=1)
EPOCHS = flags.DEFINE_integer("epochs", 20, "Epochs of each method, the same for all.", lower_bound=2)
WORKERS = flags.DEFINE_integer("workers", os.cpu_count(), "Processes that share the work.", lower_bound=1)

METHODS = ("statistics + head (control)", "ordering + head")


def main(argv):
    """Runs the comparison and writes the results."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    # Imported late, so that --help and a wrong argument answer at once.
    from benchmarks import tables

    results = compare(SEEDS.value, EPOCHS.value, WORKERS.value)
    pathlib.Path(OUTPUT.value).write_text(json.dumps(results, indent=2) + "\n")
    print(tables.sources_table(results))


def compare(num_seeds, epochs, workers):
    """Learns the task from every source with and without its ordering.

    Args:
        num_seeds: seeds of each method.
        epochs: epochs of each method.
        workers: processes to share the work; 1 works in this one.

    Returns:
        Plain data for JSON: the setting, one run for each source, method and seed, the machine.
    """
    import keras_modnet
    from benchmarks import demo_task
    from training.seeds import machine

    sources = keras_modnet.list_presets()[demo_task.PRESET].tasks
    jobs = [(method, seed, epochs, source) for source in sources for method in METHODS for seed in range(num_seeds)]
    runs = []
    for run in demo_task.spread(jobs, workers):
        runs.append(run)
        percent = run["accuracy_percent"]
        print(f"{run['source']:<8} seed {run['seed']}  {run['method']:<28} {percent:6.2f} %", flush=True)
    setting = demo_task.common_setting(epochs) | {"command": "python -m benchmarks.sources"}
    return {"setting": setting, "runs": runs, "machine": machine()}


if __name__ == "__main__":
    app.run(main)
