"""Does running blocks more than once pay? The same blocks run once, in fixed and in learned orders, beside others.

Example:
    python -m benchmarks.reuse --data_dir=DIR --seeds=0,1,2
"""
