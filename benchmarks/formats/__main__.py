"""The command `python -m benchmarks.formats`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("formats")
