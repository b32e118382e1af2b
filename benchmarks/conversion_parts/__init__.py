"""The parts of `benchmarks.conversion`."""
