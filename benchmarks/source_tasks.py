"""The demo's task learned from the other tasks of the bank: without, with a drawn and with a searched ordering."""

import keras_modnet
from benchmarks import demo_task
from training.seeds import machine

METHODS = ("statistics + head (control)", demo_task.DRAWN, "ordering + head")


def compare(num_seeds, epochs, workers):
    """Learns the task from every source: without, with a drawn and with a searched ordering.

    Args:
        num_seeds: seeds of each method.
        epochs: epochs of each method.
        workers: processes to share the work; 1 works in this one.

    Returns:
        Plain data for JSON: the setting, one run for each source, method and seed, the machine.
    """
    tasks = keras_modnet.list_presets()[demo_task.PRESET].tasks
    # The demo itself starts from the first one.
    sources = [task for task in tasks if task != demo_task.source_task()]
    jobs = [(method, seed, epochs, source) for source in sources for method in METHODS for seed in range(num_seeds)]
    runs = []
    for run in demo_task.spread(jobs, workers):
        runs.append(run)
        percent = run["accuracy_percent"]
        print(f"{run['source']:<8} seed {run['seed']}  {run['method']:<28} {percent:6.2f} %", flush=True)
    setting = demo_task.common_setting(epochs) | {"command": "python -m benchmarks.sources"}
    return {"setting": setting, "runs": runs, "machine": machine()}
