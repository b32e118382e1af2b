"""A domain without labels: by order only, beside what a pooled network, its statistics and its weights can do.

Example:
    python -m benchmarks.domain_adaptation --data_dir=DIR --seeds=0,1,2 --only=digits
"""

from benchmarks.domain_sets import SETS
from benchmarks.script import run_script

if __name__ == "__main__":
    run_script("domain_adaptation", only=tuple(SETS))
