"""The rows of `benchmarks.sources`: the demo's task from other tasks, without a search, drawn and searched."""

import keras_modnet
from benchmarks.shared.digits_task import DRAWN, PRESET, common_setting, source_task
from benchmarks.shared.jobs import collect, run_jobs
from benchmarks.sources.run import run_job

METHODS = ("statistics + head (control)", DRAWN, "ordering + head")
EPOCHS = 20


def compare(options):
    """Learns the task from every source that the demo does not start from, in every way.

    Args:
        options: `shared.script.Options`; the images come with scikit-learn, whatever `data_dir`.

    Returns:
        Plain data for JSON.
    """
    tasks = keras_modnet.list_presets()[PRESET].tasks
    sources = [task for task in tasks if task != source_task()]
    epochs = 2 if options.smoke else EPOCHS
    jobs = [
        {"name": f"{source}_{index}_seed{seed}", "source": source, "method": method, "seed": seed, "epochs": epochs}
        for source in (sources[:1] if options.smoke else sources)
        for index, method in enumerate(METHODS[::2] if options.smoke else METHODS)
        for seed in options.seeds
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["name"], run["epochs"]
    return collect(runs, options.command, common_setting(epochs))
