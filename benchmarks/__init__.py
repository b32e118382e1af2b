"""Measurements, each a script that writes one JSON; `python -m benchmarks.render` renders them."""
