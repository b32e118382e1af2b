"""How long one image takes through a static network."""

import time

import numpy as np


def latency_ms(static, repeats=50):
    """Returns the median time of one image through a static network, in milliseconds, on this machine.

    Args:
        static: a functional model, as `ModNet.to_static` returns it.
        repeats: timed calls of `predict_on_batch`, after ten that are not.
    """
    image = np.zeros((1, *static.input_shape[1:]), "float32")
    times = []
    for _ in range(repeats + 10):
        start = time.perf_counter()
        static.predict_on_batch(image)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times[10:]))
