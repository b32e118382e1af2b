"""What a time depends on beside the code: the machine, its device, and who else was using it."""

import os
import pathlib
import resource
import time

import keras
import psutil

from training.seeds import machine

CPU_INFO, STATUS = pathlib.Path("/proc/cpuinfo"), pathlib.Path("/proc/self/status")


def describe():
    """Returns `training.seeds.machine()` with the processor's model, the memory and the device that Keras computes on.

    Returns:
        Plain data: beside those "cpu_model" and "device", text, and "memory_gib".
    """
    model = [line.partition(":")[2].strip() for line in _lines(CPU_INFO) if line.startswith("model name")]
    return machine() | {
        "cpu_model": model[0] if model else "",
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "device": str(keras.ops.convert_to_tensor([0.0]).device),
    }


def _lines(path):
    return path.read_text().splitlines() if path.is_file() else []


class LoadOfOthers:
    """Measures how busy other processes keep the processors, from when it is made."""

    def __init__(self):
        self.start = _seconds()

    def now(self):
        """Returns the share of all processors' time since then that others used, from 0 to 1, and the load average.

        Returns:
            `{"others": share, "average": the system's load average of the last minute}`.
        """
        wall, busy, own = (now - start for now, start in zip(_seconds(), self.start, strict=True))
        share = (busy - own) / (wall * os.cpu_count())
        return {"others": min(max(share, 0.0), 1.0), "average": os.getloadavg()[0]}


def _seconds():
    """Returns seconds on the clock, busy seconds of all processors, and those of this process and its children."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # On Linux the time of guests is counted in that of users already.
    busy = sum(times) - idle - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    own = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return time.perf_counter(), busy, own


def peak_memory():
    """Returns the most memory that this process has held so far, in bytes: on a GPU of the device, else of the process.

    The device's is known on TensorFlow and JAX.
    """
    if keras.backend.backend() == "jax":
        import jax

        statistics = jax.devices()[0].memory_stats()
        if statistics:
            return statistics["peak_bytes_in_use"]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            return tf.config.experimental.get_memory_info("GPU:0")["peak"]
    # Not `getrusage`: on Linux a process begins there with the peak of the one that started it.
    held = [line.split()[1] for line in _lines(STATUS) if line.startswith("VmHWM")]
    return 1024 * (int(held[0]) if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
