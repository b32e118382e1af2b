"""How a figure grows with another one."""

import numpy as np


def fitted_power(x, y):
    """Returns the exponent `p` of the law `y = a x^p` that fits best in logarithms, by least squares, and `a`.

    Args:
        x: positive numbers, at least two different ones.
        y: as many positive numbers.
    """
    power, constant = np.polyfit(np.log(x), np.log(y), 1)
    return float(power), float(np.exp(constant))
