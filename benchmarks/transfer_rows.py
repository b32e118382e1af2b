"""The rows of `benchmarks.transfer`: every method on every target with every number of images."""

from benchmarks.jobs import collect, run_jobs
from benchmarks.tables import mean_and_spread
from benchmarks.transfer_checks import checks, notes, seed_means
from benchmarks.transfer_data import FULL_IMAGES, ONLY_ARRAYS, SIZES, TARGETS, TEST_IMAGES, draw_task, part
from benchmarks.transfer_methods import BATCH_SIZE, FULL, LOW_RANK, METHODS, STEPS, learn
from keras_modnet import from_preset

# Learning rates are chosen at this size, with the first seed, on a fifth of its training images.
TUNING_SIZE = "20"


def compare(options):
    """Chooses learning rates, then runs every method with every seed.

    Args:
        options: `benchmarks.script.Options`.

    Returns:
        Plain data for JSON.
    """
    targets = [name for name in TARGETS if options.data_dir or name not in ONLY_ARRAYS]
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


def run_job(job):
    """Learns one task in one way; a job that is held out is tested on a part of its training images."""
    target = TARGETS[job["target"]]
    shape = _image_shape(target.preset)
    train, test = draw_task(job["target"], job["size"], job["seed"], shape, job["data_dir"])
    if job["held_out"]:
        train, test = part(train, job["seed"])
    return {"train_images": len(train[1]), **learn(job, train, test)}


def _image_shape(preset):
    return from_preset(preset, load_weights=False).image_shape


def table(results):
    """Returns accuracies by size and target, then what they say about each aim, as Markdown tables.

    Args:
        results: what `compare` returned.
    """
    runs, targets = results["runs"], list(results["setting"]["targets"])
    full = {run["target"]: run["trained_parameters"] for run in runs if run["method"] == FULL}
    head = f"| images a class | what trains | trained parameters, share of {FULL} | {' | '.join(targets)} | mean |"
    lines = [head, "|---|---|---:|" + "---:|" * (len(targets) + 1)]
    for size in dict.fromkeys(run["size"] for run in runs):
        for method in dict.fromkeys(run["method"] for run in runs):
            own = [run for run in runs if (run["size"], run["method"]) == (size, method)]
            counts = [run["trained_parameters"] for run in own]
            cells = [mean_and_spread([run["accuracy_percent"] for run in own if run["target"] == t]) for t in targets]
            # Presets and classes differ: each target has a share of its own.
            most = max(100 * run["trained_parameters"] / full[run["target"]] for run in own)
            share = f"{min(counts):,} to {max(counts):,}, at most {most:.1f} %"
            cells = " | ".join([size, method, share, *cells, mean_and_spread(seed_means(runs, size, method))])
            lines.append(f"| {cells} |")
    return "\n".join([*lines, "", *checks(runs), "", notes(results)])
