"""Do related tasks learn related orderings? Digits, emoji styles, letters and garments on one bank, against chance.

Example:
    python -m benchmarks.organisation --data_dir=DIR --seeds=0,1,2,3,4

Writes a picture beside the results. The emoji styles are no tensorflow-datasets, so that --data_dir is needed.
"""
