"""Does the search find an order? The demo's task, started from each other task of the bank.

Example:
    python -m benchmarks.sources --seeds=0,1,2
"""

from benchmarks.script import run_script

if __name__ == "__main__":
    run_script("sources")
