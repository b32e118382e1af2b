"""The command `python -m benchmarks.hostile_files`."""

import sys

from absl import flags

from benchmarks.shared.script import run_script

if __name__ == "__main__":
    cases = "How many changed files; a tenth of the time of 10,000 is enough to see most."
    flags.DEFINE_integer("cases", 10_000, cases, lower_bound=40, module_name=sys.argv[0])
    run_script("hostile_files", seeds="0")
