"""Values of variables as NumPy arrays."""

import numpy as np
from keras import ops


def value_of(variable):
    """Returns a copy of a Keras variable's value as a NumPy array.

    A copy, since two JAX variables that are given one buffer cannot both be donated to a compiled step; made by
    `ops.copy`, since NumPy 2 warns about the conversion of a variable itself.
    """
    return np.array(ops.convert_to_numpy(ops.copy(ops.convert_to_tensor(variable))))
