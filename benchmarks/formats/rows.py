"""The rows of `benchmarks.formats`: tasks of presets, each as every file."""

from benchmarks.formats.run import IMAGES, run_job
from benchmarks.shared.jobs import collect, run_jobs

# Preset and task, which is the name of its data, too.
TASKS = (("digits_reuse", "letters"), ("cifar10_reuse", "cifar10"))


def compare(options):
    """Writes and runs the files of every task with every seed.

    Args:
        options: `shared.script.Options`; a toy takes the first task.

    Returns:
        Plain data for JSON.
    """
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = [
        {"name": f"{task}_seed{seed}", "preset": preset, "task": task, "seed": seed} | common
        for preset, task in TASKS[: 1 if options.smoke else None]
        for seed in options.seeds
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["name"]
    return collect(runs, options.command, {"images": IMAGES})
