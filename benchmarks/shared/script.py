"""What the benchmarks have in common as programs: their flags, their files, how they end."""

import dataclasses
import importlib
import json
import os
import pathlib
import sys
import tempfile

from absl import app, flags, logging

RESULTS = pathlib.Path(__file__).parent.parent / "results"


@dataclasses.dataclass(frozen=True)
class Options:
    """What a benchmark is asked for.

    Attributes:
        data_dir: folder of arrays; None: tensorflow-datasets.
        work_dir: folder of the single results.
        seeds: whole numbers.
        workers: processes that share the work.
        smoke: whether to run a toy of it, on random images, to see that it runs.
        command: the command line.
        only: the parts of the benchmark to run, where it has any.
    """

    data_dir: str | None
    work_dir: str
    seeds: tuple[int, ...]
    workers: int
    smoke: bool = False
    command: str = ""
    only: tuple[str, ...] = ()


def run_script(name, seeds="0,1,2", only=()):
    """Runs the benchmark of a folder as a program with flags; stores its results and prints its table.

    Args:
        name: of the folder: its `rows` has `compare(options)`, its `table` has `table(results)` and, if there is
            something to see, `draw(results, path)`.
        seeds: default of `--seeds`.
        only: names of the parts that `--only` can choose from; none: there is no such flag.
    """
    show_question(name)
    # As flags of the program, so that its --help lists them.
    own = {"module_name": sys.argv[0]}
    flags.DEFINE_string("data_dir", None, "Folder of arrays, NAME.npz each; default: tensorflow-datasets.", **own)
    work = "Folder of the single results; what is there is not run again."
    flags.DEFINE_string("work_dir", f"runs/{name}", work, **own)
    output = "File of the results; --smoke writes none."
    flags.DEFINE_string("output", f"benchmarks/results/{name}.json", output, **own)
    flags.DEFINE_list("seeds", seeds.split(","), "Seeds of every row.", **own)
    workers = "Processes that share the work, each on one core."
    flags.DEFINE_integer("workers", os.cpu_count(), workers, lower_bound=1, **own)
    if only:
        flags.DEFINE_list("only", list(only), f"Parts to run, of {', '.join(only)}.", **own)
    smoke_help = "A toy on random images, to see that it runs: under a minute, no result."
    flags.DEFINE_bool("smoke", False, smoke_help, **own)
    app.run(lambda argv: _main(name, argv, only))


def show_question(name):
    """Makes what a benchmark asks, the docstring of its folder, what `--help` of the program says first."""
    sys.modules["__main__"].__doc__ = importlib.import_module(f"benchmarks.{name}").__doc__


def _main(name, argv, known):
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    logging.set_verbosity(logging.ERROR)
    values = flags.FLAGS
    for seed in values.seeds:
        if not seed.isdigit():
            raise app.UsageError(f"--seeds must be whole numbers, separated by commas. Received: {seed!r}")
    only = tuple(values.only) if known else ()
    for part in only:
        if part not in known:
            raise app.UsageError(f"--only must be of {', '.join(known)}, separated by commas. Received: {part!r}")
    seeds = tuple(int(seed) for seed in values.seeds)
    command = f"python -m benchmarks.{name} --seeds={','.join(values.seeds)}"
    command += "" if only == known else f" --only={','.join(only)}"
    options = Options(values.data_dir, values.work_dir, seeds, values.workers, values.smoke, command, only)
    if values.smoke:
        with tempfile.TemporaryDirectory() as folder:
            print(smoke(name, folder))
        return
    rows, tables = _modules(name)
    results = rows.compare(options)
    output = pathlib.Path(values.output)
    output.write_text(json.dumps(results, indent=1) + "\n")
    if hasattr(tables, "draw"):
        tables.draw(results, output.with_suffix(".png"))
    print(tables.table(results))


def _modules(name):
    """Returns `rows` and `table` of a benchmark; imported late, so that --help and a wrong argument answer at once."""
    return [importlib.import_module(f"benchmarks.{name}.{part}") for part in ("rows", "table")]


def smoke(name, folder):
    """Returns the table of a toy run on random images.

    Args:
        name: of the benchmark.
        folder: empty folder to work in.
    """
    from benchmarks.shared.smoke_data import write_smoke_data

    write_smoke_data(folder)
    options = Options(str(folder), f"{folder}/runs", seeds=(0,), workers=1, smoke=True, command="--smoke")
    rows, tables = _modules(name)
    return tables.table(rows.compare(options))
