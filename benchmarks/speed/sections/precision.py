"""What half precision and XLA do to the time of a training step and of a prediction."""

from benchmarks.shared.tables import markdown, milliseconds, ratio
from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.networks import TASK, cell_of, compiled, make_batch, make_modnet, train_step

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
REPEATS = 10
XLA = " with XLA"


def jobs(backends, smoke):
    """Returns one job for each backend that compiles; JAX compiles with XLA in any case.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    own = []
    for backend in (name for name in backends if name != "torch"):
        rows = POLICIES[:2] if smoke else POLICIES
        if backend == "tensorflow" and not smoke:
            rows = [row for policy in POLICIES for row in (policy, policy + XLA)]
        own.append({"name": f"precision_{backend}", "backend": backend, "rows": list(rows)})
    return own


def run(job):
    """Times a training step and a prediction of one batch under every policy, in turn.

    Args:
        job: one of `jobs`.

    Returns:
        "train" and "predict": `timing.summary` against float32. Models of "mixed_float16" train with Keras's
        scaling of the loss.
    """
    cell, seed = cell_of(job), job["seed"]
    batch = make_batch(cell, seed)
    train, predict = {}, {}
    for row in job["rows"]:
        policy = row.removesuffix(XLA)
        model = compiled(make_modnet(cell, seed, dtype=policy).task(TASK), jit=True if row.endswith(XLA) else None)
        train[row] = train_step(model, batch)
        predict[row] = lambda model=model: model.predict_on_batch(batch[0])
    repeats = 2 if job["smoke"] else REPEATS
    return {
        name: summary(interleaved(functions, repeats, warmup=2), POLICIES[0])
        for name, functions in (("train", train), ("predict", predict))
    }


def promises(runs):
    """Returns no promise: half precision pays where the processor has it."""
    return []


def table(runs):
    """Returns the table of precisions as Markdown."""
    header = [
        "learned ordering, 64 images",
        "training step, ms",
        "ratio to float32",
        "prediction, ms",
        "ratio to float32",
    ]
    rows = []
    for run in runs:
        rows.append([f"**{run['backend']}**", *[""] * 4])
        for row, train in run["train"].items():
            pairs = [(milliseconds(own["median"]), ratio(own)) for own in (train, run["predict"][row])]
            rows.append([row, *pairs[0], *pairs[1]])
    return markdown(header, rows)
