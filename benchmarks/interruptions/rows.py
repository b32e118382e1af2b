"""The rows of `benchmarks.interruptions`: three trainings that are killed, and faults."""

from benchmarks.interruptions.run import run_job
from benchmarks.shared.jobs import collect, run_jobs

KILLS, EPOCHS = 20, 150
PARTS = ("devices", "replicas", "faults")
# Recipe, strategy, epochs: as many as take a quarter of a minute or so.
KILLED = {
    "two tasks, searched orderings": ("searching", "none", EPOCHS),
    "one classifier that grows": ("growing", "none", 20),
    "two tasks, two replicas": ("searching", "mirrored", 40),
}
FAULTS = {
    "output folder takes no file": "folder_that_takes_no_file",
    "disk is full": "full_disk",
    "SIGTERM": "signal_to_stop",
    "newest checkpoint cut in half": "truncated_checkpoint",
    "a byte of the newest checkpoint changed": "changed_checkpoint",
    "result cut in half": "damaged_result",
    "learning rate 1e20": "exploding_loss",
    "learning rate 100, retries": "exploding_loss_with_retries",
    "a label outside the classes": "label_outside",
    "unknown data folder": "wrong_argument",
}


def compare(options):
    """Kills every training and brings every fault about.

    Args:
        options: `shared.script.Options`; the work is done by processes that share the cores, one after the other.

    Returns:
        Plain data for JSON.
    """
    seed, smoke, only = options.seeds[0], options.smoke, options.only or PARTS
    jobs = []
    for number, (row, (recipe, strategy, epochs)) in enumerate(KILLED.items()):
        if ("devices" if strategy == "none" else "replicas") in only:
            own = {"recipe": recipe, "strategy": strategy, "epochs": 4 if smoke else epochs}
            jobs.append({"name": f"killed_{number}", "row": row, "kills": 1 if smoke else KILLS, "seed": seed} | own)
    own = {"recipe": "searching", "strategy": "none", "seed": seed, "epochs": 4 if smoke else EPOCHS}
    faults = [{"name": FAULTS[row], "row": row, "fault": FAULTS[row]} | own for row in FAULTS]
    faults = faults if "faults" in only else []
    jobs = [jobs[0], faults[-1]] if smoke else [*jobs, *faults]
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    return collect(runs, options.command, {"kills": KILLS, "epochs": EPOCHS})
