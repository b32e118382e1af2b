"""The command `python -m benchmarks.scale`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("scale", seeds="0,1,2")
