"""The command `python -m benchmarks.demo`."""

import json
import os
import pathlib
import time

from absl import app, flags, logging

from benchmarks.shared.script import show_question

OUTPUT_DIR = flags.DEFINE_string("output_dir", "demo_output", "Folder of the table, the picture and the SavedModel.")
SEEDS = flags.DEFINE_integer("seeds", 3, "Seeds of each method: split, order of images, new head.", lower_bound=1)
EPOCHS = flags.DEFINE_integer("epochs", 20, "Epochs of each method, the same for all.", lower_bound=2)
WORKERS = flags.DEFINE_integer("workers", os.cpu_count(), "Processes that share the work.", lower_bound=1)


def main(argv):
    """Runs the demo."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    started = time.perf_counter()
    logging.set_verbosity(logging.ERROR)
    # Imported late, so that --help and a wrong argument answer at once.
    import keras_modnet
    from benchmarks.demo import rows, table

    folder = pathlib.Path(OUTPUT_DIR.value)
    folder.mkdir(parents=True, exist_ok=True)
    print(keras_modnet.list_presets(), end="\n\n")
    results = rows.compare(SEEDS.value, EPOCHS.value, folder, WORKERS.value)
    model = keras_modnet.from_preset(str((folder / "adapted").resolve()))
    (folder / "demo.json").write_text(json.dumps(results, indent=2) + "\n")
    print(table.table(results), end="\n\n")
    print(model.task_report(), end="\n\n")
    keras_modnet.plot_orderings(model, folder / "orderings.png")
    print(f"picture of the orderings: {folder / 'orderings.png'}")
    exported = keras_modnet.export_saved_model(model, folder / "saved_model")
    print(f"SavedModel, read back by a process without Keras: {exported}")
    print(f"{time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    show_question("demo")
    app.run(main)
