"""What one job of `benchmarks.scale` does: counts a network, or measures two processes."""

from benchmarks.scale import counting, measuring


def run_job(job):
    """Runs a job: of a network it counts, of "steps" it measures."""
    return measuring.measure(job) if "steps" in job else counting.count(job)
