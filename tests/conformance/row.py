"""A row of the table of layers and models."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Row:
    """What a layer promises.

    Attributes:
        name: id of the row.
        make: function from a dtype policy to a fresh layer.
        input_shape: shape of one input, without the batch.
        trainable: its trainable parameters.
        fixed: its other parameters, without the state of seeds.
        apply: function from the layer and its input to its output.
        keys: of its inputs and outputs, where they are dicts.
        always_float32: whether the output is float32 under every policy.
        idle: endings of the paths of variables that train in other company and do not move here.
    """

    name: str
    make: Callable
    input_shape: tuple
    trainable: int
    fixed: int
    apply: Callable = lambda layer, x: layer(x)
    keys: tuple = ()
    always_float32: bool = False
    idle: tuple = ()
