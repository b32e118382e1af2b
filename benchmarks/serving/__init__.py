"""What does one SavedModel for all tasks cost, and how fast does it answer? Beside Keras's own export of every task.

Example:
    python -m benchmarks.serving --seeds=0

Networks with random weights, orderings and norms, a small one and a real one. For each number of tasks one SavedModel
with all signatures is written, proven and published, and read by a fresh process, in which the first request of a
signature, and the same once more, are timed: the second is what a client sees where a server has run the warm-up
requests. Keras exports static networks of single tasks; many tasks would take that many times as long and as many
bytes. Requests go through TensorFlow's loader, without a network in between, and take turns: of one task, of a batch
of several tasks as one request of `mixed`, and of these as one request to each of as many models.
"""
