import numpy as np
import psutil

from benchmarks.speed.sections.memory import peak_memory


def test_the_peak_of_memory_stays_when_memory_is_given_back():
    before, more = peak_memory(), 2**26
    # As much as is missing to the present peak, and more.
    held = np.ones(before - psutil.Process().memory_info().rss + more, "uint8")
    assert held[-1] == 1
    del held
    # A page or two of the measured size may be given back in the meantime.
    assert peak_memory() > before + more / 2
