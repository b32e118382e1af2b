"""New tasks on frozen blocks, with few images and with many, beside everything else that one would do with a preset.

Example:
    python -m benchmarks.transfer --data_dir=DIR --seeds=0,1,2
"""

from benchmarks.script import run_script
from benchmarks.transfer_data import SIZES

if __name__ == "__main__":
    run_script("transfer", only=SIZES)
