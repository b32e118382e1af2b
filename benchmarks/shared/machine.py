"""What a time depends on beside the code: the machine, its device, and who else was using it."""

import os
import pathlib
import resource
import time

import keras
import psutil

from training.machine import machine

CPU_INFO = pathlib.Path("/proc/cpuinfo")


def describe():
    """Returns `training.machine.machine()` with the processor's model, the memory and the device that Keras uses.

    Returns:
        Plain data: beside those "cpu_model" and "device", text, and "memory_gib".
    """
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.is_file() else []
    model = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return machine() | {
        "cpu_model": model[0] if model else "",
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "device": str(keras.ops.convert_to_tensor([0.0]).device),
    }


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
