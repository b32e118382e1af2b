"""Do related tasks learn related orderings? Digits, emoji styles, letters and garments on one bank, against chance.

Example:
    python -m benchmarks.organisation --data_dir=DIR --seeds=0,1,2,3,4

Writes a picture beside the results. The emoji styles are no tensorflow-datasets, so that --data_dir is needed.
"""

from benchmarks.script import run_script

if __name__ == "__main__":
    run_script("organisation", seeds="0,1,2,3,4")
