"""The command `python -m benchmarks.serving`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("serving", seeds="0")
