"""The sections of `benchmarks.speed`, and what they share: cells, networks, peers, timing, processes."""
