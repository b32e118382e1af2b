"""What does a training lose that is killed, starved of room, or fed with damage? Kills and faults, and how each ends.

Example:
    python -m benchmarks.interruptions
    python -m benchmarks.interruptions --only=devices,faults

Two recipes, one of two tasks whose orderings are searched and one classifier that grows, and the first on two replicas
again, are killed (SIGKILL) at random moments, from the start of the process on, and started again by the same command,
until they end. Then faults, one by one. What is compared with a training that nothing happened to are bits: every
tensor of the preset, and the history of loss and accuracy. Images are random.
"""
