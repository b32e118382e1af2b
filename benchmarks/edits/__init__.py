"""Does the best single edit of an ordering, chosen on held-out images, help on the test images, without training?

Example:
    python -m benchmarks.edits --data_dir=DIR --seeds=0,1,2
"""
