"""The rows of `benchmarks.wide_reuse`."""

import dataclasses

from benchmarks.shared.jobs import collect, run_jobs
from benchmarks.wide_reuse.run import BUDGET, run_job

WIDTHS = (128, 96, 256)
RUNS = (4, 8, 12)


@dataclasses.dataclass(frozen=True)
class Row:
    """A network.

    Attributes:
        blocks: how many different blocks it has.
        runs: how often each runs, in a row.
        grown: whether each block runs once for the first half of the epochs.
        longer: how many times as long it trains.
    """

    blocks: int
    runs: int = 1
    grown: bool = False
    longer: int = 1

    @property
    def name(self):
        """What the table calls it."""
        words = [f"{self.blocks} block{'s' if self.blocks > 1 else ''}"]
        words.append("run once" if self.runs == 1 else f"run {self.runs} times")
        words += ["grown from once"] if self.grown else []
        words += [f"trained {self.longer} times as long"] if self.longer > 1 else []
        return ", ".join(words)


def network_rows():
    """Returns the rows, the most telling ones first: blocks once, repeated, and as many different ones."""
    first = [Row(2), Row(2, 4, grown=True), Row(8), Row(2, longer=4), Row(2, 4)]
    return list(dict.fromkeys([*first, *(row for blocks in (2, 1) for row in _rows(blocks))]))


def _rows(blocks):
    repeated = [Row(blocks, runs, grown) for runs in RUNS for grown in (True, False)]
    return [Row(blocks), *repeated, *(Row(blocks * runs) for runs in RUNS), Row(blocks, longer=4)]


def compare(options):
    """Trains every row of the chosen widths with every seed.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    widths = [int(width) for width in options.only] or WIDTHS
    rows = [Row(2), Row(2, 4, grown=True)] if options.smoke else network_rows()
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = [
        {"name": f"{width}_{row.name.replace(', ', '_').replace(' ', '_')}_seed{seed}", "width": width, "seed": seed}
        | dataclasses.asdict(row)
        | common
        for width in (widths[:1] if options.smoke else widths)
        for row in rows
        for seed in options.seeds
    ]
    # One after the other: a wide network keeps all cores, or the accelerator, busy.
    runs = run_jobs(run_job, jobs, options.work_dir, workers=1)
    for run in runs:
        for key in (*common, "name"):
            del run[key]
    return collect(runs, options.command, BUDGET)
