"""How long a prediction takes: static networks beside the one that a user would write."""

import keras
import numpy as np

from benchmarks.shared.tables import markdown
from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.figures import TIMES_HEADER, Promise, promise, times
from benchmarks.speed.networks import (
    TASK,
    by_hand,
    cell_macs,
    cell_of,
    compiled,
    convmixer,
    cycle,
    make_batch,
    make_modnet,
    scatter_norms,
)
from benchmarks.speed.peers import copy_weights

BY_HAND = "Keras ResNet written by hand"
STATIC, FOLDED = "to_static", "to_static, norms folded"
MODNET = "the ModNet itself"
CONVMIXER = "ConvMixer of timm, in torch"
# Blocks that run twice each: a static network has them once.
NUM_BLOCKS = 4
REPEATS = {1: 600, 64: 120}
STATIC_RATIO, TOLERANCE = 1.02, 1e-4
# How a network is called, and what that is to be called.
CALLS = {"predict_on_batch": "predict_on_batch", "compiled": "the compiled function alone"}


def jobs(backends, smoke):
    """Returns the jobs: one image and a batch, on TensorFlow and JAX.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    own = []
    for backend in (name for name in backends if name != "torch"):
        for batch_size in (1,) if smoke else REPEATS:
            rows = [BY_HAND, STATIC, FOLDED, MODNET]
            rows += [CONVMIXER] if backend == backends[0] and not smoke else []
            own.append(
                {
                    "name": f"latency_{backend}_images{batch_size}",
                    "backend": backend,
                    "cell": {"batch_size": batch_size} | ({} if smoke else {"num_blocks": NUM_BLOCKS}),
                    "rows": rows,
                    "row_needs": {CONVMIXER: ["torch", "timm"]} if CONVMIXER in rows else {},
                }
            )
    return own


def run(job):
    """Times the predictions of every row in turn, by `predict_on_batch` and by the compiled function alone.

    Args:
        job: one of `jobs`.

    Returns:
        One `timing.summary` for each of `CALLS`, against the network written by hand; "difference": the largest
        one of a logit from those of that network; "parameters" and "variables": how many each network has.
    """
    cell, seed = cell_of(job), job["seed"]
    images, _ = make_batch(cell, seed)
    networks = _networks(cell, seed)
    logits = {row: network.predict_on_batch(images) for row, network in networks.items()}
    repeats = 2 if job["smoke"] else REPEATS[cell["batch_size"]]
    found, functions = {}, {}
    for call, prepare in (("predict_on_batch", _predict), ("compiled", _compiled)):
        functions = {row: prepare(network, images) for row, network in networks.items()}
        found[call] = summary(interleaved(functions, repeats, warmup=3), BY_HAND)
    if CONVMIXER in job["rows"]:
        # In rounds of its own: threads of another process would be in the way of differences of a few per cent.
        with convmixer(cell, cell_macs(cell), seed).running() as peer:
            pair = {BY_HAND: functions[BY_HAND], CONVMIXER: peer.predict}
            found["compiled"][CONVMIXER] = summary(interleaved(pair, repeats, warmup=3), BY_HAND)[CONVMIXER]
    return found | {
        "difference": {row: float(np.abs(own - logits[BY_HAND]).max()) for row, own in logits.items()},
        "parameters": {row: network.count_params() for row, network in networks.items()},
        "variables": {row: len(network.variables) for row, network in networks.items()},
    }


def _networks(cell, seed):
    model = scatter_norms(make_modnet(cell, seed, cycle(cell)), seed)
    plain = by_hand(cell, seed)
    copy_weights(model, TASK, plain)
    networks = {
        BY_HAND: plain,
        STATIC: model.to_static(TASK),
        FOLDED: model.to_static(TASK, fold_norms=True),
        MODNET: model.task(TASK),
    }
    return {row: compiled(network) for row, network in networks.items()}


def _predict(network, images):
    return lambda: network.predict_on_batch(images)


def _compiled(network, images):
    """Returns a function that runs the network by the backend's own compiler, without Keras's loop around it."""
    if keras.backend.backend() == "jax":
        import jax

        function = jax.jit(lambda *state: network.stateless_call(*state)[0])
        state = [[v.value for v in own] for own in (network.trainable_variables, network.non_trainable_variables)]
        return lambda: np.asarray(function(*state, images))
    import tensorflow as tf

    function = tf.function(lambda x: network(x, training=False), jit_compile=False)
    return lambda: function(images).numpy()


def promises(runs):
    """Returns what was promised of static networks beside what was measured."""
    kept = []
    for run in runs:
        where = f"{run['cell']['batch_size']} images, {run['backend']}"
        for call, name in CALLS.items():
            text = f"prediction, to_static over a ResNet written by hand, {where}, {name}"
            kept.append(promise(text, run[call][STATIC], STATIC_RATIO))
        if run["cell"]["batch_size"] == 1:
            largest = max(run["difference"][row] for row in (STATIC, FOLDED))
            text = f"to_static, folded or not: logits differ from those of the ResNet written by hand, {run['backend']}"
            kept.append(Promise(f"{text}: by at most {TOLERANCE:.0e}", f"{largest:.0e}", largest <= TOLERANCE))
            same = run["parameters"][STATIC] == run["parameters"][BY_HAND]
            text = f"to_static: repeated blocks share their {run['parameters'][BY_HAND]:,} parameters, {run['backend']}"
            kept.append(Promise(text, f"{run['parameters'][STATIC]:,}", same))
    return kept


def table(runs):
    """Returns the table of predictions as Markdown."""
    header = ["prediction", *TIMES_HEADER, "variables"]
    rows = []
    for run in runs:
        for call, name in CALLS.items():
            title = f"**{run['backend']}, {run['cell']['batch_size']} images, {name}**"
            rows.append([title, *[""] * (len(header) - 1)])
            rows += [[row, *times(own), str(run["variables"].get(row, ""))] for row, own in run[call].items()]
    return markdown(header, rows)
