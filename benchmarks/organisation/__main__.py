"""The command `python -m benchmarks.organisation`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("organisation", seeds="0,1,2,3,4")
