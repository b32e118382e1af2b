"""Strategies of `tf.distribute` by name; the only place of the training code that makes one."""

import contextlib
import functools
import json
import os

import keras

from keras_modnet.checks import expect, expect_one_of

STRATEGIES = ("none", "mirrored", "multi_worker", "tpu")


def make_strategy(name):
    """Returns a `tf.distribute` strategy, the same one at each call, or None for "none". Make it before any data set.

    TensorFlow mixes up the sums of two strategies over the same devices in one process.

    Args:
        name: "none"; "mirrored": all GPUs of this machine, or its logical CPU devices where it has no GPU;
            "multi_worker": the machines that the environment variable TF_CONFIG names, each with all its devices;
            "tpu": the TPU that the environment names.

    Raises:
        ValueError: an unknown name, a strategy on another backend than TensorFlow, no machines in TF_CONFIG, no TPU.
    """
    expect_one_of("strategy", name, STRATEGIES)
    if name == "none":
        return None
    backend = keras.backend.backend()
    expect(backend == "tensorflow", "strategy", f"'none' on the {backend} backend", name)
    return {"mirrored": _mirrored, "multi_worker": _multi_worker, "tpu": _tpu}[name]()


def is_chief(strategy):
    """Returns whether this process is the one that writes files: the only one, or the first of several machines.

    Args:
        strategy: what `make_strategy` returned.
    """
    resolver = getattr(strategy, "cluster_resolver", None)
    if resolver is None or not resolver.task_type or resolver.task_type == "chief":
        return True
    has_chief = "chief" in resolver.cluster_spec().jobs
    return not has_chief and resolver.task_type == "worker" and resolver.task_id == 0


def scope_of(strategy):
    """Returns the context in which a strategy's variables are made; one that does nothing where there is none."""
    return contextlib.nullcontext() if strategy is None else strategy.scope()


@functools.cache
def _mirrored():
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


@functools.cache
def _multi_worker():
    import tensorflow as tf

    given = os.environ.get("TF_CONFIG")
    wanted = '{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}'
    expect(_names_machines(given), "TF_CONFIG", f"an environment variable such as {wanted}", given)
    return tf.distribute.MultiWorkerMirroredStrategy()


def _names_machines(text):
    try:
        config = json.loads(text)
        workers = config["cluster"].get("chief", []) + config["cluster"]["worker"]
        return len(workers) > 0 and config["task"]["type"] in ("chief", "worker") and config["task"]["index"] >= 0
    except (TypeError, ValueError, LookupError, AttributeError):
        return False


@functools.cache
def _tpu():
    import tensorflow as tf

    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(resolver)
    except Exception as error:
        # TensorFlow raises one class for a wrong name, another for no answer, a third for no TPU device.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(
            f"`strategy` must be one that this machine has. Received: 'tpu'; no TPU answers: {reason}"
        ) from error
