"""New tasks on frozen blocks, with few images and with many, beside everything else that one would do with a preset.

Example:
    python -m benchmarks.transfer --data_dir=DIR --seeds=0,1,2
    python -m benchmarks.transfer --data_dir=DIR --only=5 --output=benchmarks/results/transfer_few.json
"""
