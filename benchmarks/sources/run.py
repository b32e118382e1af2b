"""What one job of `benchmarks.sources` does: what one of the demo does, from another source."""

from benchmarks.shared import digits_task


def run_job(job):
    """Runs one method from one source with one seed; returns plain data."""
    return digits_task.run_job(job["method"], job["seed"], job["epochs"], job["source"])
