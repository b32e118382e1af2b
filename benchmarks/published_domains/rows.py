"""The rows of `benchmarks.published_domains`: every domain of every set left out in turn."""

from benchmarks.domain_adaptation.data import SETS as DOMAIN_SETS
from benchmarks.published.onnx_backbone import published_backbone
from benchmarks.published_domains.data import IMAGES, SETS, TEST_IMAGES
from benchmarks.published_domains.gradients import TRAINING
from benchmarks.published_domains.run import run_job
from benchmarks.published_transfer.data import IMAGE_SIZE
from benchmarks.shared.jobs import collect, run_jobs

SMOKE_TARGETS = {"emoji": ["fluent"]}


def compare(options):
    """Measures every row for every target with every seed.

    Args:
        options: `shared.script.Options`. Jobs run one after the other: they share the features of a set.

    Returns:
        Plain data for JSON.
    """
    targets, bank = SMOKE_TARGETS, None
    if not options.smoke:
        targets = {name: list(DOMAIN_SETS[name].domains) for name in options.only or SETS}
        bank = str(published_backbone(options.work_dir))
    jobs = [
        {"name": f"{name}_{target}_seed{seed}", "set": name, "target": target, "seed": seed}
        | {"data_dir": options.data_dir, "bank": bank}
        for name, domains in targets.items()
        for seed in options.seeds
        for target in domains
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    for run in runs:
        for key in ("name", "data_dir", "bank"):
            del run[key]
    setting = {"targets": targets, "images": IMAGES, "test_images": TEST_IMAGES, "image_size": IMAGE_SIZE}
    return collect(runs, options.command, setting | {"training": TRAINING})
