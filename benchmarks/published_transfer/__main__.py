"""The command `python -m benchmarks.published_transfer`."""

from benchmarks.published_transfer.data import GROUPS, SIZES, TARGETS
from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("published_transfer", only=(*SIZES, *TARGETS, *GROUPS))
