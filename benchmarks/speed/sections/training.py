"""What a training step costs: a learned ordering, a fixed one, and networks written without the library."""

import keras
import numpy as np

from benchmarks.shared.tables import markdown
from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.figures import TIMES_HEADER, Promise, promise, times
from benchmarks.speed.networks import (
    CLASSES,
    TASK,
    by_hand,
    cell_macs,
    cell_of,
    compiled,
    convmixer,
    cycle,
    image_shape,
    make_batch,
    make_modnet,
    train_step,
)
from benchmarks.speed.peers import soft_sharing_resnet
from keras_modnet.layers.values import value_of

FIXED = "fixed ordering"
LEARNED = "learned ordering"
HARDENED = "learned ordering, after it is hard"
OUTPUTS = "learned ordering, outputs mixed"
PLAIN = "Keras ResNet written by hand"
SHARED = "Keras ResNet with kernels mixed at each step"
CONVMIXER = "ConvMixer of timm, in torch"
REPEATS, BLOCKS, WITH_PEERS = 25, (2, 8, 32), 8
STEP_RATIO = 1.10


def jobs(backends, smoke):
    """Returns the jobs: every number of blocks on TensorFlow and JAX; what only compiles slowly once.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    own = []
    for backend in backends:
        for num_blocks in _numbers_of_blocks(backend, smoke):
            rows = [FIXED, LEARNED, HARDENED]
            # Every block in every step: many blocks compile for minutes, on JAX a few do.
            if num_blocks == BLOCKS[0] or (backend, num_blocks) == ("tensorflow", WITH_PEERS):
                rows.append(OUTPUTS)
            if num_blocks == WITH_PEERS:
                rows += [PLAIN, SHARED]
                # It needs no Keras, so one backend's process is enough.
                rows += [CONVMIXER] if backend == backends[0] else []
            own.append(
                {
                    "name": f"training_{backend}_blocks{num_blocks}",
                    "backend": backend,
                    "cell": {"num_blocks": num_blocks},
                    "rows": rows[:2] if smoke else rows,
                    "row_needs": {CONVMIXER: ["torch", "timm"]} if CONVMIXER in rows else {},
                }
            )
    return own


def _numbers_of_blocks(backend, smoke):
    if smoke:
        return BLOCKS[:1]
    return (WITH_PEERS,) if backend == "torch" else BLOCKS


def run(job):
    """Times one training step of every row in turn.

    Args:
        job: one of `jobs`.

    Returns:
        "rows": `timing.summary` against the fixed ordering; "macs": multiply-adds of one image of each row; where
        there are peers also "loss_without_unused": what `loss_without_unused` returns.
    """
    cell, seed = cell_of(job), job["seed"]
    batch = make_batch(cell, seed)
    repeats = 2 if job["smoke"] else REPEATS
    steps = {row: make(cell, seed, batch) for row, make in _MAKERS.items() if row in job["rows"]}
    rows = summary(interleaved(steps, repeats, warmup=2), FIXED)
    macs = dict.fromkeys(rows, cell_macs(cell))
    if CONVMIXER in job["rows"]:
        network = convmixer(cell, cell_macs(cell), seed)
        macs[CONVMIXER] = network.macs
        # In rounds of its own: threads of another process would be in the way of small differences.
        with network.running():
            pair = {FIXED: steps[FIXED], CONVMIXER: network.train_step}
            rows[CONVMIXER] = summary(interleaved(pair, repeats, warmup=2), FIXED)[CONVMIXER]
    found = {"rows": rows, "macs": macs}
    return found | ({"loss_without_unused": loss_without_unused(cell, seed, batch)} if PLAIN in rows else {})


def _modnet(cell, seed, batch, blocks=None, **arguments):
    return train_step(compiled(make_modnet(cell, seed, blocks, **arguments).task(TASK)), batch)


def _hardened(cell, seed, batch):
    """A search that ends: trained with draws first, then with the ordering that it is given; no new `compile`."""
    model = make_modnet(cell, seed)
    step = train_step(compiled(model.task(TASK)), batch)
    step()
    model.set_ordering(TASK, cycle(cell))
    return step


def loss_without_unused(cell, seed, batch):
    """Returns the loss of a step after a search has ended with block 0 alone, with the kernels of another set to NaN.

    Times zero in a mixture that would still be NaN; where a kernel is picked by its index it has no part.
    """
    model = make_modnet(cell, seed)
    step = train_step(compiled(model.task(TASK)), batch)
    step()
    model.set_ordering(TASK, [0] * cell["num_steps"])
    for variable in model.bank.stacked_weights.values():
        values = value_of(variable)
        values[-1] = np.nan
        variable.assign(values)
    return float(step())


def _plain(cell, seed, batch):
    return train_step(compiled(by_hand(cell, seed)), batch)


def _shared(cell, seed, batch):
    keras.utils.set_random_seed(seed)
    sizes = [cell[name] for name in ("num_steps", "num_blocks", "width", "patch_size")]
    return train_step(compiled(soft_sharing_resnet(image_shape(cell), *sizes, CLASSES)), batch)


_MAKERS = {
    FIXED: lambda cell, seed, batch: _modnet(cell, seed, batch, cycle(cell)),
    LEARNED: _modnet,
    HARDENED: _hardened,
    OUTPUTS: lambda cell, seed, batch: _modnet(cell, seed, batch, mixing="outputs"),
    PLAIN: _plain,
    SHARED: _shared,
}


def promises(runs):
    """Returns what was promised of training steps beside what was measured."""
    kept = []
    for run in runs:
        rows, num_blocks = run["rows"], run["cell"]["num_blocks"]
        where = f"{num_blocks} blocks, {run['backend']}"
        kept.append(promise(f"training step, learned over fixed ordering, {where}", rows[LEARNED], STEP_RATIO))
        if OUTPUTS in rows:
            each = {key: rows[OUTPUTS][key] / num_blocks for key in ("ratio", "ratio_low", "ratio_high")}
            text = f"training step, outputs mixed over {num_blocks} steps with a fixed ordering, {where}"
            kept.append(promise(text, each, STEP_RATIO))
        if "loss_without_unused" in run:
            loss = run["loss_without_unused"]
            text = f"a hard ordering computes no mixture: loss with NaN in a block that does not run, {where}"
            kept.append(Promise(f"{text}: a number", f"{loss:.2f}", bool(np.isfinite(loss))))
    return kept


def table(runs):
    """Returns the table of training steps as Markdown."""
    header = ["training step", *TIMES_HEADER, "million multiply-adds"]
    rows = []
    for run in runs:
        rows.append([f"**{run['backend']}, {run['cell']['num_blocks']} blocks**", *[""] * (len(header) - 1)])
        for row, own in run["rows"].items():
            rows.append([row, *times(own), f"{run['macs'][row] / 1e6:.2f}"])
    return markdown(header, rows)
