"""The rows of `benchmarks.search`: a fixed cycle, the naive search, and what makes a search sound, part by part."""

from benchmarks.search.run import DATA, EPOCHS, MODEL, TRAIN_IMAGES, run_job
from benchmarks.shared.jobs import collect, run_jobs

# What each row changes.
NAIVE = {
    "search_epochs": EPOCHS - 1,
    "hardens": False,
    "straight_through": True,
    "temperatures": (1.0, 1.0),
    "logits_multiplier": 1.0,
}
SOUND = {"search_epochs": 3, "logits_multiplier": 20.0}
ROWS = {
    "fixed cycle (control)": {"search_epochs": 0},
    "random fixed ordering (control)": {"search_epochs": 0, "random": True},
    "naive: straight-through, never hardened": NAIVE | {"refresh": False},
    "naive, statistics gathered anew": NAIVE,
    "relaxed, annealed, never hardened": SOUND | {"search_epochs": EPOCHS - 1, "hardens": False},
    "annealed, hardened after 3 epochs": SOUND,
    "... straight-through": SOUND | {"straight_through": True},
    "... not annealed": SOUND | {"temperatures": (1.0, 1.0)},
    "... logits learn as kernels do": SOUND | {"logits_multiplier": 1.0},
    "... logits learn 60 times as fast": SOUND | {"logits_multiplier": 60.0},
    "... warm start of 1 epoch": SOUND | {"warm_epochs": 1},
    "... warm start, draws begin near the cycle": SOUND | {"warm_epochs": 1, "warm_confidence": 0.5},
    "... entropy loss 0.1": SOUND | {"entropy_weight": 0.1},
    "... block-use loss 0.1": SOUND | {"block_use_weight": 0.1},
}


def compare(options):
    """Trains every row with every seed.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    rows = list(ROWS)[:5] if options.smoke else list(ROWS)
    jobs = [
        {
            "name": f"{number:02d}_seed{seed}",
            "row": row,
            "seed": seed,
            "change": ROWS[row],
            "data_dir": options.data_dir,
            "smoke": options.smoke,
        }
        for number, row in enumerate(rows)
        for seed in options.seeds
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["change"]
    setting = {"data": DATA, "train_images": TRAIN_IMAGES, "epochs": EPOCHS, "model": MODEL, "rows": ROWS}
    return collect(runs, options.command, setting)
