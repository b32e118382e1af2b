"""The command `python -m benchmarks.transfer`."""

from benchmarks.shared.script import run_script
from benchmarks.transfer.data import SIZES

if __name__ == "__main__":
    run_script("transfer", only=SIZES)
