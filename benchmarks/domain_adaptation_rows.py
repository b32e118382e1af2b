"""The rows of `benchmarks.domain_adaptation`: every domain of every set left out in turn."""

import keras

from benchmarks import domain_methods
from benchmarks.domain_adversarial import NEEDS
from benchmarks.domain_sets import SETS, TEST_IMAGES, TRAIN_IMAGES
from benchmarks.domain_tables import domain_tables
from benchmarks.domain_training import NETWORK, Case
from benchmarks.jobs import collect, run_jobs
from benchmarks.speed_parts.libraries import keep_installed

BUDGET = {
    "batch_size": 64,
    # Of the target, without labels.
    "adaptation_images": 1000,
    "oracle_batches": 300,
}
SMOKE_BUDGET = {"batches": 4, "single_batches": 2, "batch_size": 8, "adaptation_images": 16, "oracle_batches": 2}
SMOKE_NETWORK = {"num_blocks": 2, "num_steps": 2, "width": 4}
ADVERSARIAL = "adversarial"
# One network each, and what is made from it.
NETWORKS = {
    "plain": domain_methods.plain_rows,
    "scratch": domain_methods.scratch_rows,
    "pooled": domain_methods.pooled_rows,
    ADVERSARIAL: domain_methods.adversarial_rows,
    "separate": domain_methods.separate_rows,
    "travelling": domain_methods.travel_rows,
}
# Not trained for every set: what changing pixels is worth, and what searched orderings are, is settled on digits, whose
# networks all start from scratch.
PRETRAINED = tuple(name for name in SETS if SETS[name].start)
SETS_OF_KINDS = {"plain": ("digits",), "travelling": ("digits",), "scratch": PRETRAINED}


def compare(options):
    """Trains every network with every seed, and adapts it in every way.

    Args:
        options: `benchmarks.script.Options`.

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


def networks_here(backend, **options):
    """Returns the kinds of networks that can be trained here, and a line of text for each that cannot.

    Args:
        backend: name of the Keras backend.
        **options: of `keep_installed`.
    """
    needs = {ADVERSARIAL: NEEDS}
    kinds = [{"name": f"networks of kind {kind!r}", "kind": kind, "needs": needs.get(kind, ())} for kind in NETWORKS]
    kept, lines = keep_installed(kinds, **options)
    kinds = [own["kind"] for own in kept]
    if ADVERSARIAL in kinds and backend != "torch":
        kinds.remove(ADVERSARIAL)
        lines.append(
            f"left out: networks of kind {ADVERSARIAL!r}, since they need Keras on torch, and it is on {backend}"
        )
    return kinds, lines


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


def run_job(job):
    """Trains one network; returns what it and all that is made from it measured."""
    name, domain, is_single = job["set"], job["domain"], job["kind"] == "single"
    sources = (domain,) if is_single else tuple(SETS[name].sources(domain, job["data_dir"]))
    target = None if is_single else domain
    case = Case(name, target, sources, job["seed"], job["budget"], job["network"], job["data_dir"])
    rows = domain_methods.single_rows if is_single else NETWORKS[job["kind"]]
    return {"rows": rows(case)}


def table(results):
    """Returns accuracies by set, row and target, and what "by order only" gains, as Markdown tables.

    Args:
        results: what `compare` returned.
    """
    return domain_tables(results)
