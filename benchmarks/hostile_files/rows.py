"""The rows of `benchmarks.hostile_files`: a kind of file each."""

from absl import flags

from benchmarks.hostile_files.limit_run import run_limits
from benchmarks.hostile_files.run import KINDS, LIMIT_MEGABYTES, LIMIT_SECONDS, run_job
from benchmarks.shared.jobs import collect, run_jobs

# Presets have most ways to be wrong. Shares of all cases, in tenths.
SHARES = {"preset": 4, "task": 2, "safetensors": 2, "pth": 2}
SMOKE_CASES = 40
PARTS = 2


def compare(options):
    """Changes files of each kind with every seed, and tries documents at the limits of their readers.

    Args:
        options: `shared.script.Options`; there are no data.

    Returns:
        Plain data for JSON.
    """
    cases = SMOKE_CASES if options.smoke else flags.FLAGS.cases
    jobs = [
        {"name": f"{kind}_{part}_seed{seed}", "kind": kind, "seed": PARTS * seed + part, "cases": own}
        for kind in KINDS
        for seed in options.seeds
        for part in range(PARTS)
        if (own := cases * SHARES[kind] // 10 // PARTS // len(options.seeds))
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    at_limits = [{"name": f"limits_{kind}", "kind": kind} for kind in (["task"] if options.smoke else KINDS)]
    at_limits = run_jobs(run_limits, at_limits, options.work_dir, options.workers)
    setting = {"limit_seconds": LIMIT_SECONDS, "limit_megabytes": LIMIT_MEGABYTES}
    results = collect(runs, f"{options.command} --cases={cases}", setting)
    return results | {"limits": [{key: value for key, value in run.items() if key != "machine"} for run in at_limits]}
