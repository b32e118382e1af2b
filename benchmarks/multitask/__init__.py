"""Many tasks on one bank, beside independent networks, one hard-shared trunk, and one trunk with norms of each task.

Example:
    python -m benchmarks.multitask --data_dir=DIR --seeds=0,1,2

One task, emoji, is no tensorflow-datasets: without --data_dir the other four are compared.
"""
