"""What the library costs against what a user would write without it: time, memory, compilation, input, imports.

Example:
    python -m benchmarks.speed
    python -m benchmarks.speed --only=tasks,start --output=benchmarks/results/speed_tasks.json

Sections are measured in one run, one job at a time, each in a process of its own; functions that are compared take
turns in one process. `--seeds` takes one seed, which fixes weights and images. Keep the machine free of other work: the
result says how busy it was. What needs a library that is missing is left out, with a line that says so.

The libraries of the peers (torch and timm, keras-hub) are pinned in requirements/speed.txt, beside what the tests run
with. Some of keras-hub's own requirements do not go with tensorflow-cpu, and are left out by installing without any:

    python -m pip install --no-deps -r requirements/test.txt
    python -m pip install --no-deps -r requirements/speed.txt
"""
