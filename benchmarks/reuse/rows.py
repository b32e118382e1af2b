"""The rows of `benchmarks.reuse`: a few blocks in many orders, beside the same blocks once and as many as steps."""

from benchmarks.reuse.run import (
    AVERAGED,
    BUDGET,
    DIFFERENT,
    DRAWN,
    MIXED,
    ONCE,
    ONCE_LONGER,
    ONE_CONVOLUTION,
    ROW_GROWN,
    ROWS,
    SEARCHED,
    run_job,
)
from benchmarks.reuse.training import FEW, MANY
from benchmarks.shared.jobs import collect, run_jobs

# Cells: one with every row, where images are small and blocks narrow; wider blocks on the same map; many classes; and
# blocks of one convolution on a finer map, of which a few see but a part of the image.
GRID = {
    "CIFAR-10 at 16 x 16 pixels, map of 8 x 8, width 16": {
        "data": "cifar10",
        "network": {"image_shape": (16, 16, 3), "width": 16, "patch_size": 2},
        "budget": {"train_images": 10_000, "epochs": 8},
        "rows": "all",
    },
    "CIFAR-10 at 32 x 32 pixels, map of 8 x 8, width 32": {
        "data": "cifar10",
        "network": {"image_shape": (32, 32, 3), "width": 32, "patch_size": 4},
        "budget": {"train_images": 5_000, "epochs": 8},
        "rows": "three",
    },
    "Tiny-ImageNet at 32 x 32 pixels, map of 8 x 8, width 32": {
        "data": "tiny_imagenet",
        "network": {"image_shape": (32, 32, 3), "width": 32, "patch_size": 4},
        "budget": {"train_images": 10_000, "epochs": 4},
        "rows": "three",
    },
    "CIFAR-10 at 32 x 32 pixels, map of 16 x 16, width 16, blocks of one convolution": {
        "data": "cifar10",
        "network": {"image_shape": (32, 32, 3), "width": 16, "patch_size": 2, "block": ONE_CONVOLUTION},
        "budget": {"train_images": 20_000, "epochs": 8},
        "rows": "five",
    },
}
SUBSETS = {
    "all": list(ROWS),
    "three": [ONCE, ROW_GROWN, DIFFERENT],
    "five": [ONCE, ONCE_LONGER, ROW_GROWN, SEARCHED, DIFFERENT],
}


def compare(options):
    """Trains every row with every seed on every data set.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    jobs = []
    for index, (cell, own) in enumerate(GRID.items()):
        if options.smoke and index > 0:
            break
        rows = [SEARCHED, DRAWN, MIXED, AVERAGED] if options.smoke else SUBSETS[own["rows"]]
        for seed in options.seeds:
            for row in rows:
                name = f"{index}_{list(ROWS).index(row):02d}_seed{seed}"
                jobs.append({"name": name, "cell": cell, "row": row, "seed": seed} | own | _common(options))
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        for key in ("data_dir", "name", "network", "budget", "rows", "smoke"):
            del run[key]
    return collect(runs, options.command, {"grid": GRID, "few": FEW, "many": MANY, **BUDGET})


def _common(options):
    return {"data_dir": options.data_dir, "smoke": options.smoke}
