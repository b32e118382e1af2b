"""The rows of `benchmarks.interruptions`: three trainings that are killed, and faults."""

from benchmarks.interruptions.run import run_job
from benchmarks.shared.jobs import collect, run_jobs

KILLS, EPOCHS = 20, 150
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
    seed, smoke = options.seeds[0], options.smoke
    faults = [name for name in FAULTS if not smoke or name == "unknown data folder"]
    jobs = []
    for number, (row, (recipe, strategy, epochs)) in enumerate(KILLED.items()):
        own = {"recipe": recipe, "strategy": strategy, "epochs": 4 if smoke else epochs}
        jobs.append({"name": f"killed_{number}", "row": row, "kills": 1 if smoke else KILLS, "seed": seed} | own)
    jobs = jobs[:1] if smoke else jobs
    common = {"seed": seed, "epochs": 4 if smoke else EPOCHS}
    own = {"recipe": "searching", "strategy": "none"} | common
    jobs += [{"name": FAULTS[row], "row": row, "fault": FAULTS[row]} | own for row in faults]
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    return collect(runs, options.command, {"kills": KILLS, "epochs": EPOCHS})
