"""How long one image takes through a task's static network."""

import time

import numpy as np


def latency_ms(model, task, repeats=50):
    """Returns the median time of one image through `to_static(task)`, in milliseconds, on this machine's CPU.

    Args:
        model: a `ModNet`.
        task: name of the task.
        repeats: timed calls, after ten that are not.
    """
    static = model.to_static(task)
    image = np.zeros((1, *model.image_shape), "float32")
    times = []
    for _ in range(repeats + 10):
        start = time.perf_counter()
        static.predict_on_batch(image)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times[10:]))
