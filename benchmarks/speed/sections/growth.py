"""How cost grows with steps, blocks, width and resolution, beside the counted multiply-adds; and how near the peak."""

import keras
import numpy as np

from benchmarks.shared.tables import markdown, milliseconds
from benchmarks.shared.timing import interleaved, repeats_within, summary
from benchmarks.speed.networks import CELL, TASK, TOY_CELL, compiled, make_batch, make_modnet, train_step
from benchmarks.speed.power_law import fitted_power
from keras_modnet.analysis.drawing import make_figure, save_figure

FACTORS = {
    "steps": ("num_steps", (4, 8, 16, 32, 64)),
    "blocks": ("num_blocks", (2, 4, 8, 16, 32)),
    "width": ("width", (16, 32, 64, 128, 256)),
    "resolution": ("side", (8, 16, 32, 64)),
}
TOY_SIZES = (2, 4)
KINDS = {"predict": "prediction", "train": "training step"}
# As many images as keep the largest case within seconds.
BATCH_SIZE, SECONDS, LEAST, MOST = 32, 12.0, 3, 15
MATRIX = 2048


def jobs(backends, smoke):
    """Returns one job for each factor, on the first backend.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    names = ["width"] if smoke else list(FACTORS)
    return [{"name": f"growth_{backends[0]}_{name}", "backend": backends[0], "factor": name} for name in names]


def run(job):
    """Times predictions and training steps of a batch at every size of one factor, and a product of matrices, in turn.

    Args:
        job: one of `jobs`.

    Returns:
        "sizes"; "macs", counted for one batch: {"predict", "train"} of each size; "times": `timing.summary` of
        each size, {"predict", "train"}; "peak": multiply-adds a second of the product of matrices.
    """
    key, sizes = FACTORS[job["factor"]]
    sizes, cell = (TOY_SIZES, TOY_CELL) if job["smoke"] else (sizes, CELL | {"batch_size": BATCH_SIZE})
    functions, macs, side = {}, {kind: [] for kind in KINDS}, 64 if job["smoke"] else MATRIX
    for size in sizes:
        own, seed = cell | {key: size}, job["seed"]
        batch = make_batch(own, seed)
        model = make_modnet(own, seed)
        task = compiled(model.task(TASK))
        functions["predict", size] = lambda task=task, batch=batch: task.predict_on_batch(batch[0])
        functions["train", size] = train_step(task, batch)
        for kind, counted in counted_macs(model, own).items():
            macs[kind].append(counted)
    functions["product", side] = _product(side)
    # Compiled first, so that the number of rounds does not count that.
    for function in functions.values():
        function()
    repeats = 2 if job["smoke"] else repeats_within(SECONDS, functions, LEAST, MOST)
    found = summary(interleaved(functions, repeats, warmup=0))
    return {
        "sizes": list(sizes),
        "macs": macs,
        "times": {kind: [found[kind, size] for size in sizes] for kind in KINDS},
        "peak": side**3 / found["product", side]["minimum"],
    }


def counted_macs(model, cell):
    """Returns `{"predict", "train"}`: multiply-adds of a batch; a training step as three passes, with its mixture.

    The mixture of kernels, drawn in training alone, is a product of the ordering with every kernel of the bank.
    """
    forward = cell["batch_size"] * model.count_macs(TASK)
    kernels = sum(int(np.prod(variable.shape)) for variable in model.bank.stacked_weights.values())
    return {"predict": forward, "train": 3 * (forward + cell["num_steps"] * kernels)}


def _product(side):
    """Returns a function that multiplies two square float32 matrices, done when a number of the result is here."""
    left, right = (keras.random.uniform((side, side), seed=seed) for seed in (1, 2))
    multiply = keras.ops.matmul
    if keras.backend.backend() == "jax":
        import jax

        multiply = jax.jit(multiply)
    return lambda: float(multiply(left, right)[0, 0])


def laws(run, kind):
    """Returns the exponents of time in the factor and in the counted multiply-adds, and that of these in the factor.

    Args:
        run: what `run` returned.
        kind: one of `KINDS`.

    Returns:
        `{"size": power of the factor, "macs": power of multiply-adds, or None where they hardly change, "counted":
        power of the factor that multiply-adds have}`.
    """
    medians, macs = [own["median"] for own in run["times"][kind]], run["macs"][kind]
    changes = macs[-1] > 1.5 * macs[0]
    return {
        "size": fitted_power(run["sizes"], medians)[0],
        "macs": fitted_power(macs, medians)[0] if changes else None,
        # Rounded, so that what does not grow is not written as -0.00.
        "counted": round(fitted_power(run["sizes"], macs)[0], 3) + 0.0,
    }


def promises(runs):
    """Returns no promise: growth is measured, not promised."""
    return []


def table(runs):
    """Returns the table of growth as Markdown."""
    header = ["factor", "smallest, ms", "largest, ms", "time grows as the factor to", "multiply-adds grow as it to"]
    header += ["time grows as multiply-adds to", "GFLOP/s at the largest", "share of the matrix product's"]
    rows = []
    # The fastest product of all jobs, since the machine is not always its own.
    peak = max(run["peak"] for run in runs)
    for run in runs:
        sizes = f"{run['factor']}, {run['sizes'][0]} to {run['sizes'][-1]}"
        for kind, name in KINDS.items():
            medians, law = [own["median"] for own in run["times"][kind]], laws(run, kind)
            macs_a_second = run["macs"][kind][-1] / run["times"][kind][-1]["minimum"]
            powers = ["" if law[key] is None else f"{law[key]:.2f}" for key in ("size", "counted", "macs")]
            # A multiply-add is two operations.
            speed = [f"{2 * macs_a_second / 1e9:.1f}", f"{100 * macs_a_second / peak:.0f} %"]
            ends = [milliseconds(medians[0]), milliseconds(medians[-1])]
            rows.append([f"{sizes}: {name}, {run['backend']}", *ends, *powers, *speed])
    return markdown(header, rows)


def draw(runs, path):
    """Draws time against each factor, with the fitted law and the counted multiply-adds.

    Args:
        runs: what `run` returned, of one backend.
        path: file to write.
    """
    figure = make_figure("benchmarks.speed", (3.2 * len(runs), 3.6))
    panels = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    for axes, run in zip(panels, runs, strict=True):
        sizes = np.array(run["sizes"], float)
        for (kind, name), color in zip(KINDS.items(), ("tab:blue", "tab:orange"), strict=True):
            milli = [1000 * own["median"] for own in run["times"][kind]]
            power, constant = fitted_power(sizes, milli)
            axes.plot(sizes, milli, "o", color=color, label=f"{name}: to the power {power:.2f}")
            axes.plot(sizes, constant * sizes**power, "-", color=color)
            # Through the last point, where the constant costs of a call count least.
            counted = np.array(run["macs"][kind], float)
            axes.plot(sizes, milli[-1] * counted / counted[-1], ":", color=color)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sizes, [str(size) for size in run["sizes"]])
        axes.set_title(run["factor"], fontsize=11)
        axes.legend(fontsize=7, loc="lower right")
    panels[0].set_ylabel("ms a batch")
    figure.supxlabel("points: measured; lines: fitted laws; dotted: as the counted multiply-adds grow", fontsize=9)
    save_figure(figure, path)
