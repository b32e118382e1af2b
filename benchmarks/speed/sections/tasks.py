"""What many tasks on one bank cost."""

from benchmarks.shared.tables import markdown
from benchmarks.speed.figures import TIMES_HEADER, Promise, times
from benchmarks.speed.sections.task_costs import SHARING, memory, sharing, switching

# What a task may hold beside ordering, norms and head: the state of its random generator.
OTHER_BYTES = 16


def jobs(backends, smoke):
    """Returns one job for each backend that compiles.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    return [{"name": f"tasks_{backend}", "backend": backend} for backend in backends if backend != "torch"]


def run(job):
    """Measures switching, memory and shared prefixes.

    Args:
        job: one of `jobs`.

    Returns:
        "switching", "memory", "sharing": what the functions of this module return.
    """
    return {"switching": switching(job), "memory": memory(job), "sharing": sharing(job)}


def promises(runs):
    """Returns what was promised of many tasks beside what was measured."""
    kept = []
    for run in runs:
        again, held = run["switching"]["runs_again"], run["memory"]
        kept.append(Promise(f"traces when tasks are switched, {run['backend']}: none", str(again), again == 0))
        other = held["other_bytes_a_task"]
        text = f"bytes of a task beside ordering, norms and head, {run['backend']}: at most {OTHER_BYTES}"
        kept.append(Promise(text, f"{other:.0f}", other <= OTHER_BYTES))
    return kept


def table(runs):
    """Returns the tables of times and of memory as Markdown."""
    rows = []
    for run in runs:
        backend, switched, held = run["backend"], run["switching"], run["memory"]
        rows.append([f"**{backend}: {switched['predictions']} predictions**", *[""] * 4])
        rows += [[name, *times(own), ""] for name, own in switched["rows"].items()]
        rows.append([f"**{backend}: a prediction of one task**", *[""] * 4])
        rows += [[name, *times(own), ""] for name, own in held["prediction"].items()]
        for case in run["sharing"]:
            rows.append([f"**{backend}: {SHARING} tasks with {case['prefix']} equal first steps**", *[""] * 4])
            counted = ["1.00", f"{case['counted']:.2f}"]
            rows += [
                [name, *times(own), share] for (name, own), share in zip(case["rows"].items(), counted, strict=True)
            ]
    return f"{markdown(['many tasks', *TIMES_HEADER, 'counted steps'], rows)}\n\n{_memory_table(runs)}"


def _memory_table(runs):
    header = [
        "memory",
        "stem and bank, kB",
        "a task's ordering, norms and head, kB",
        "other variables of a task, kB",
        "growth of the process a task, kB",
        "ms to add a task",
    ]
    rows = []
    for run in runs:
        held = run["memory"]
        keys = ("shared_bytes", "task_bytes", "other_bytes_a_task", "process_bytes_a_task")
        cells = [f"{held[key] / 1000:,.3g}" for key in keys]
        rows.append([f"{held['tasks']} tasks, {run['backend']}", *cells, f"{1000 * held['seconds_a_task']:.0f}"])
    return markdown(header, rows)
