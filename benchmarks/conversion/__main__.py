"""The command `python -m benchmarks.conversion`."""

from benchmarks.conversion.rows import PARTS
from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("conversion", seeds="0", only=tuple(PARTS))
