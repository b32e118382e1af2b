"""The command `python -m benchmarks.published`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("published", seeds="0")
