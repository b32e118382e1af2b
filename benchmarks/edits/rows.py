"""The rows of `benchmarks.edits`: tasks of a preset, and a new task that took over a foreign ordering."""

from benchmarks.edits.run import MOVED, NAMES, NEW_TASK, OWN, SIZES, TAKEN, run_job
from benchmarks.shared.digits_task import PRESET
from benchmarks.shared.jobs import collect, run_jobs


def compare(options):
    """Chooses and applies the best edit in every case with every seed.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    cases = [(OWN, "letters"), (MOVED, "mnist"), (TAKEN, "fashion")]
    jobs = [
        {
            "name": f"{NAMES[case]}_{task}_seed{seed}",
            "case": case,
            "task": task,
            "seed": seed,
            "data_dir": options.data_dir,
            "smoke": options.smoke,
        }
        for seed in options.seeds
        for case, task in cases
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["name"]
    return collect(runs, options.command, {"preset": PRESET, **SIZES, "new_task": NEW_TASK})
