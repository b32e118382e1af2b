"""The rows of `benchmarks.multitask`: the same tasks, images and steps of training, shared in five ways."""

from benchmarks.multitask.data import DATA, ONLY_ARRAYS
from benchmarks.multitask.run import BANK, BUDGET, INDEPENDENT, MODEL, ROWS, run_job
from benchmarks.shared.jobs import collect, run_jobs


def compare(options):
    """Trains every row with every seed; independent networks are one job for each task.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    data = {task: name for task, name in DATA.items() if options.data_dir or task not in ONLY_ARRAYS}
    if options.smoke:
        data = {task: data[task] for task in ("letters", "emoji")}
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = []
    for seed in options.seeds:
        for task, name in data.items():
            own = {"name": f"independent_{task}_seed{seed}", "row": INDEPENDENT, "data": {task: name}, "seed": seed}
            jobs.append(own | common)
        for number, row in enumerate(ROWS[1:], start=1):
            jobs.append({"name": f"{number}_seed{seed}", "row": row, "data": data, "seed": seed} | common)
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["data"], run["name"]
    return collect(runs, options.command, {"data": data, "model": MODEL, "bank": BANK, **BUDGET})
