"""The command `python -m benchmarks.domain_adaptation`."""

from benchmarks.domain_adaptation.data import SETS
from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("domain_adaptation", only=tuple(SETS))
