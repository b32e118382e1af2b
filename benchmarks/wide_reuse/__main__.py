"""The command `python -m benchmarks.wide_reuse`."""

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    run_script("wide_reuse", only=("128", "96", "256"))
