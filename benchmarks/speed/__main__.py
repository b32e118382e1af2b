"""The command `python -m benchmarks.speed`."""

from benchmarks.shared.script import run_script
from benchmarks.speed.sections import SECTIONS

if __name__ == "__main__":
    run_script("speed", seeds="0", only=tuple(SECTIONS))
