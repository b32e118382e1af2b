"""Does the search find an order? The demo's task, started from each other task of the bank.

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


def main(argv):
    """Runs the comparison and writes the results."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    # Imported late, so that --help and a wrong argument answer at once.
    from benchmarks import source_tasks, tables

    results = source_tasks.compare(SEEDS.value, EPOCHS.value, WORKERS.value)
    pathlib.Path(OUTPUT.value).write_text(json.dumps(results, indent=2) + "\n")
    print(tables.sources_table(results))


if __name__ == "__main__":
    app.run(main)
