"""The rows of `benchmarks.scale`: networks that are counted, and rounds that are measured."""

from benchmarks.scale.counting import CLASSES, DEVICES, GBITS, IMAGES, NETWORKS
from benchmarks.scale.run import run_job
from benchmarks.shared.jobs import collect, run_jobs

STEPS = 60


def compare(options):
    """Counts every network and measures a round for every seed; the seeds are but numbers of rounds.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    networks, seeds = list(NETWORKS), options.seeds
    if options.smoke:
        networks, seeds = networks[-1:], seeds[:1]
    jobs = [{"name": f"counted_{number}", "row": row, "seed": seeds[0]} for number, row in enumerate(networks)]
    steps = 2 if options.smoke else STEPS
    jobs += [{"name": f"measured_{seed}", "row": "measured", "seed": seed, "steps": steps} for seed in seeds]
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    setting = {"devices": DEVICES, "gbits": GBITS, "images": IMAGES, "classes": CLASSES, "steps": steps}
    return collect(runs, options.command, setting)
