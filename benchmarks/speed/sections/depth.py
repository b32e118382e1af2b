"""How long a deep ordering takes to build and to compile, unrolled and as a loop, and how fast it then is."""

import time

from benchmarks.shared.tables import markdown, milliseconds
from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.figures import Promise
from benchmarks.speed.networks import TASK, cell_of, compiled, make_batch, make_modnet, train_step
from benchmarks.speed.power_law import fitted_power

STEPS, NUM_BLOCKS = (8, 16, 32, 64), 16
FORMS = {"unrolled": True, "loop": False, "as the library chooses": None}
CHOSEN = "as the library chooses"
REPEATS = 5
FIRST_STEP_SECONDS, PROMISED_ON = 20.0, "tensorflow"


def jobs(backends, smoke):
    """Returns one job for each backend, number of steps and form; the library's own choice at the deepest alone.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    numbers = (2, 4) if smoke else STEPS
    forms = list(FORMS)[1:] if smoke else FORMS
    return [
        {
            "name": f"depth_{backend}_steps{num_steps}_{form.replace(' ', '_')}",
            "backend": backend,
            "form": form,
            "cell": {"num_steps": num_steps, "num_blocks": NUM_BLOCKS},
        }
        for backend in backends
        # Torch traces nothing.
        if backend != "torch"
        for num_steps in numbers
        for form in forms
        if form != CHOSEN or num_steps == numbers[-1]
    ]


def run(job):
    """Builds a network with a learned ordering and trains it, in a process that has compiled nothing before.

    Args:
        job: one of `jobs`.

    Returns:
        "first_step": seconds from the constructor to the end of the first training step, imports not counted; "step":
        `timing.summary` of the steps after that.
    """
    cell, seed = cell_of(job), job["seed"]
    batch = make_batch(cell, seed)
    start = time.perf_counter()
    step = train_step(compiled(make_modnet(cell, seed, unroll=FORMS[job["form"]]).task(TASK)), batch)
    step()
    first = time.perf_counter() - start
    times = interleaved({"step": step}, 2 if job["smoke"] else REPEATS)
    return {"first_step": first, "step": summary(times)["step"]}


def promises(runs):
    """Returns what was promised of deep orderings beside what was measured."""
    deepest = max(run["cell"]["num_steps"] for run in runs)
    kept = []
    for run in runs:
        if run["form"] == CHOSEN:
            size = f"{deepest} steps, {NUM_BLOCKS} blocks, {run['backend']}"
            seconds = run["first_step"]
            if run["backend"] == PROMISED_ON:
                text = f"from nothing to the first training step, {size}: under {FIRST_STEP_SECONDS:.0f} s"
                kept.append(Promise(text, f"{seconds:.1f} s", seconds < FIRST_STEP_SECONDS))
            power = _power(runs, run["backend"], "loop")
            text = f"that time as a loop grows as steps to the power of, {run['backend']}: under 0.50"
            kept.append(Promise(text, f"{power:.2f}", power < 0.5))
    return kept


def _power(runs, backend, form):
    own = [run for run in runs if (run["backend"], run["form"]) == (backend, form)]
    return fitted_power([run["cell"]["num_steps"] for run in own], [run["first_step"] for run in own])[0]


def table(runs):
    """Returns the table of deep orderings as Markdown: seconds to the first step, milliseconds of a later one."""
    numbers = sorted({run["cell"]["num_steps"] for run in runs})
    header = [
        f"learned ordering, {NUM_BLOCKS} blocks",
        *(f"{number} steps" for number in numbers),
        "grows as steps to the power",
    ]
    rows = []
    for backend, form in dict.fromkeys((run["backend"], run["form"]) for run in runs):
        own = {run["cell"]["num_steps"]: run for run in runs if (run["backend"], run["form"]) == (backend, form)}
        power = f"{_power(runs, backend, form):.2f}" if len(own) > 1 else ""
        first = [f"{own[number]['first_step']:.1f}" if number in own else "" for number in numbers]
        later = [milliseconds(own[number]["step"]["median"]) if number in own else "" for number in numbers]
        rows.append([f"{backend}, {form}: to the first training step, s", *first, power])
        rows.append([f"{backend}, {form}: a later step, ms", *later, ""])
    return markdown(header, rows)
