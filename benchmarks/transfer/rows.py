"""The rows of `benchmarks.transfer`: every method on every target with every number of images."""

from benchmarks.shared.jobs import collect, run_jobs
from benchmarks.transfer.data import FULL_IMAGES, SIZES, TARGETS, TEST_IMAGES, targets_at_hand
from benchmarks.transfer.run import BATCH_SIZE, FULL, LOW_RANK, METHODS, STEPS, run_job

# Learning rates are chosen at this size, with the first seed, on a fifth of its training images.
TUNING_SIZE = "20"


def compare(options):
    """Chooses learning rates, then runs every method with every seed.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    targets = targets_at_hand(options.data_dir)
    print(f"targets at hand: {', '.join(targets)}")
    sizes = [size for size in SIZES if size in options.only or not options.only]
    methods = list(METHODS)
    if options.smoke:
        targets, sizes, methods = ["emoji"], ["5"], ["linear probe", "low-rank kernels + head", FULL]
    common = {"data_dir": options.data_dir}
    rates = _choose_rates(targets, methods, options, common)
    jobs = [
        {
            "name": f"{target}_{size}_{list(METHODS).index(method)}_seed{seed}",
            "target": target,
            "size": size,
            "method": method,
            "learning_rate": rates[target, method],
            "seed": seed,
            "steps": 2 if options.smoke else STEPS[size],
            "held_out": False,
        }
        | common
        for seed in options.seeds
        for size in sizes
        for target in targets
        for method in methods
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["name"], run["held_out"]
    setting = {
        "targets": {name: vars(TARGETS[name]) for name in targets},
        "steps": STEPS,
        "batch_size": BATCH_SIZE,
        "full_images": FULL_IMAGES,
        "test_images": TEST_IMAGES,
        "low_rank": LOW_RANK,
        "tuning_size": TUNING_SIZE,
        "learning_rates": [
            {"target": target, "method": method, "learning_rate": rate} for (target, method), rate in rates.items()
        ],
    }
    return collect(runs, options.command, setting)


def _choose_rates(targets, methods, options, common):
    """Returns `{(target, method): learning rate}`: the better one on held-out images of the first seed."""
    seed = options.seeds[0]
    jobs = [
        {
            "name": f"tuning_{target}_{list(METHODS).index(method)}_{rate:g}",
            "target": target,
            "size": TUNING_SIZE,
            "method": method,
            "learning_rate": rate,
            "seed": seed,
            "steps": 2 if options.smoke else STEPS[TUNING_SIZE],
            "held_out": True,
        }
        | common
        for target in targets
        for method in methods
        for rate in METHODS[method].learning_rates
    ]
    best = {}
    for run in run_jobs(run_job, jobs, options.work_dir, options.workers):
        key = run["target"], run["method"]
        if key not in best or run["accuracy_percent"] > best[key]["accuracy_percent"]:
            best[key] = run
    return {key: run["learning_rate"] for key, run in best.items()}
