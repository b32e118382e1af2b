"""Which way of searching an ordering is sound? One task, one bank, one budget; the parts of the search switched.

Example:
    python -m benchmarks.search --data_dir=DIR --seeds=0,1,2
"""
