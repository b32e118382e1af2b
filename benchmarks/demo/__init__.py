"""The whole idea in one command: a preset, a new task, five ways to learn it, a picture, a served model.

Example:
    python -m benchmarks.demo --output_dir=demo_output
"""
