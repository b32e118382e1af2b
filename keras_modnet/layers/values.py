"""Values of variables as NumPy arrays."""

import numpy as np
from keras import ops


def value_of(variable):
    """Returns a copy of a Keras variable's value as a NumPy array.

    Read through `variable.value`: NumPy 2 warns about the conversion of a Keras variable itself. A copy, since two JAX
    variables that are given one buffer cannot both be donated to a compiled step.
    """
    return np.array(ops.convert_to_numpy(variable.value))
