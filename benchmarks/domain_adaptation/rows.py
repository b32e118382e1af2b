"""The rows of `benchmarks.domain_adaptation`: every domain of every set left out in turn."""

import keras

from benchmarks.domain_adaptation.case import NETWORK
from benchmarks.domain_adaptation.data import SETS, TEST_IMAGES, TRAIN_IMAGES
from benchmarks.domain_adaptation.run import networks_here, run_job
from benchmarks.shared.jobs import collect, run_jobs

BUDGET = {
    "batch_size": 64,
    # Of the target, without labels.
    "adaptation_images": 1000,
    "oracle_batches": 300,
}
SMOKE_BUDGET = {"batches": 4, "single_batches": 2, "batch_size": 8, "adaptation_images": 16, "oracle_batches": 2}
SMOKE_NETWORK = {"num_blocks": 2, "num_steps": 2, "width": 4}
# Not trained for every set: what changing pixels is worth, and what searched orderings are, is settled on digits, whose
# networks all start from scratch.
PRETRAINED = tuple(name for name in SETS if SETS[name].start)
SETS_OF_KINDS = {"plain": ("digits",), "travelling": ("digits",), "scratch": PRETRAINED}


def compare(options):
    """Trains every network with every seed, and adapts it in every way.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    common = {"data_dir": options.data_dir, "network": SMOKE_NETWORK if options.smoke else NETWORK}
    targets = _targets(options)
    budgets = {name: SMOKE_BUDGET if options.smoke else budget_of(name) for name in targets}
    kinds, left_out = networks_here(keras.backend.backend())
    print("".join(f"{line}\n" for line in left_out), end="")
    jobs = [
        {"name": f"{name}_{network}_{domain}_seed{seed}", "set": name, "domain": domain, "kind": network}
        | {"seed": seed, "budget": budgets[name]}
        | common
        for seed in options.seeds
        for name, domains in targets.items()
        for network in (*kinds, "single")
        if options.smoke or name in SETS_OF_KINDS.get(network, SETS)
        for domain in (SETS[name].readable(options.data_dir) if network == "single" else domains)
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        for key in ("name", "budget", *common):
            del run[key]
    starts = {name: SETS[name].start for name in targets}
    setting = {"targets": targets, "budgets": budgets, "network": common["network"], "starts": starts}
    return collect(runs, options.command, setting | {"train_images": TRAIN_IMAGES, "test_images": TEST_IMAGES})


def budget_of(name):
    """Returns what may be spent on a set: batches, their size, images of the target."""
    batches = SETS[name].batches
    # One source is learned in fewer.
    return {"batches": batches, "single_batches": batches // 2, **BUDGET}


def _targets(options):
    """Returns `{set: domains to leave out}`: those with two sources at least."""
    if options.smoke:
        return {"emoji": ["fluent"]}
    targets = {}
    for name in options.only or SETS:
        own = [domain for domain in SETS[name].domains if len(SETS[name].sources(domain, options.data_dir)) > 1]
        if own:
            targets[name] = own
    return targets
