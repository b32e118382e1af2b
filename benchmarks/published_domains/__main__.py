"""The command `python -m benchmarks.published_domains`."""

from benchmarks.published_domains.data import SETS
from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("published_domains", only=SETS)
