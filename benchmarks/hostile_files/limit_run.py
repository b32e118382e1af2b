"""What documents at the limits of a reader cost it until they are refused."""

import tempfile
import time
import tracemalloc

from benchmarks.hostile_files.limits import LIMITS
from benchmarks.hostile_files.run import ERROR, Bench

REPEATS = 5


def run_limits(job):
    """Returns how many documents of a kind there are, how many of them are refused, and what the worst of them cost.

    Seconds are those of the processor, and the best of `REPEATS`: Python may go over all objects of the process at any
    time, whatever it reads. Megabytes are those that Python and NumPy had at once.

    Args:
        job: `{"name": ..., "kind": ...}`, a key of `run.KINDS`.
    """
    costs, refused = {}, 0
    for name, write in LIMITS[job["kind"]].items():
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(job["kind"], folder)
            bench.put_right()
            write(bench.path)
            refused += bench.outcome() == ERROR
            costs[name] = min(_seconds(bench) for _ in range(REPEATS)), _megabytes(bench)
    slowest = max(costs, key=lambda name: costs[name][0])
    return {
        "documents": len(costs),
        "refused": refused,
        "slowest": slowest,
        "slowest_seconds": costs[slowest][0],
        "largest_megabytes": max(megabytes for _, megabytes in costs.values()),
    }


def _seconds(bench):
    start = time.process_time()
    bench.outcome()
    return time.process_time() - start


def _megabytes(bench):
    tracemalloc.start()
    try:
        bench.outcome()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
