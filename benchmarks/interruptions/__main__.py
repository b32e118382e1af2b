"""The command `python -m benchmarks.interruptions`."""

from benchmarks.interruptions.rows import PARTS
from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("interruptions", seeds="0", only=PARTS)
