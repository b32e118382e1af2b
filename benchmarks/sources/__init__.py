"""Does the search find an order? The demo's task, started from each other task of the bank.

Example:
    python -m benchmarks.sources --seeds=0,1,2
"""
