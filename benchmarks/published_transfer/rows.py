"""The rows of `benchmarks.published_transfer`: every way on every target with every number of images."""

from benchmarks.published.onnx_backbone import published_backbone
from benchmarks.published_transfer.data import FULL_IMAGES, GROUPS, SIZES, TEST_IMAGES, targets_at_hand
from benchmarks.published_transfer.run import (
    BATCH_SIZE,
    BOTH,
    HEAD_EPOCHS,
    LOW_RANK,
    METHODS,
    NORMS,
    SEARCH_IMAGES,
    SEARCH_SECONDS,
    STEPS,
    run_job,
)
from benchmarks.shared.jobs import collect, run_jobs

# Learning rates are chosen at this size on this target, with the first seed, on a fifth of its training images.
TUNING_SIZE, TUNING_TARGET = "20", "letters"


def compare(options):
    """Chooses learning rates, then runs every method with every seed.

    Args:
        options: `shared.script.Options`. Jobs run one after the other, on all cores: searches have a time.

    Returns:
        Plain data for JSON.
    """
    sizes, targets = _chosen(SIZES, options.only), _chosen(targets_at_hand(options.data_dir), options.only)
    bank = None
    if options.smoke:
        targets, sizes = ["letters"], ["5"]
    else:
        bank = str(published_backbone(options.work_dir))
    common = {"data_dir": options.data_dir, "bank": bank}
    groups = _chosen(GROUPS, options.only)
    ways = [name for name, own in METHODS.items() if own.group in groups]
    rates = _choose_rates(ways, targets[0] if options.smoke else TUNING_TARGET, options, common)
    jobs = [
        _job(target, size, method, rates[method], seed, options) | common
        for size in sizes
        for target in targets
        for seed in options.seeds
        for method in ways
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    for run in runs:
        del run["data_dir"], run["bank"], run["name"], run["held_out"]
    setting = {
        "targets": targets,
        "steps": STEPS,
        "head_epochs": HEAD_EPOCHS,
        "batch_size": BATCH_SIZE,
        "full_images": FULL_IMAGES,
        "test_images": TEST_IMAGES,
        "low_rank": LOW_RANK,
        "search": {"seconds": SEARCH_SECONDS, "images": SEARCH_IMAGES},
        "tuning": {"size": TUNING_SIZE, "target": TUNING_TARGET},
        "learning_rates": rates,
    }
    return collect(runs, options.command, setting)


def _chosen(names, only):
    """Returns those of some names that are asked for; all where none is."""
    return [name for name in names if name in only] or list(names)


def _job(target, size, method, rate, seed, options, held_out=False):
    tuning = f"tuning_{rate:g}_" if held_out else ""
    return {
        "name": f"{tuning}{target}_{size}_{list(METHODS).index(method)}_seed{seed}",
        "target": target,
        "size": size,
        "method": method,
        "learning_rate": rate,
        "seed": seed,
        "steps": 2 if options.smoke else STEPS[size],
        "held_out": held_out,
    }


def _choose_rates(ways, target, options, common):
    """Returns `{method: learning rate}`: where there are several, the best one on held-out images of the first seed."""
    size = "5" if options.smoke else TUNING_SIZE
    jobs = [
        _job(target, size, method, rate, options.seeds[0], options, held_out=True) | common
        for method in ways
        for rate in METHODS[method].learning_rates
        if len(METHODS[method].learning_rates) > 1
    ]
    rates, best = {method: METHODS[method].learning_rates[0] for method in ways}, {}
    for run in run_jobs(run_job, jobs, options.work_dir, workers=1):
        if run["accuracy_percent"] > best.get(run["method"], -1.0):
            best[run["method"]] = run["accuracy_percent"]
            rates[run["method"]] = run["learning_rate"]
    return rates | ({BOTH: rates[NORMS]} if BOTH in rates else {})
