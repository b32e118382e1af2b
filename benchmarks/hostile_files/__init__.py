"""What do readers make of damaged and hostile files? Presets, task files and checkpoints, changed at random.

Each case is a file that was right, changed in its bytes, its JSON, its tensors, its pickle or its kind; most changes
have sizes, hashes and check sums made right again, as a forger would. Right is one `PresetError` or `CheckpointError`
that names the file, or a load whose weights are those that other readers find in it.

Example:
    python -m benchmarks.hostile_files --cases=10000
"""
