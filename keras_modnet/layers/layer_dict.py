"""Layers by name that may come and go for as long as the layer around them lives."""

import keras


class LayerDict(keras.layers.Layer):
    """Holds layers in a dictionary that stays open.

    Keras locks a layer against further variables once it is built or quantized. This one holds others, computes
    nothing and its `build` never runs, so that a task can still be added, and a router exchanged, at any later time.

    Args:
        layers: `{name: layer}` to begin with.
    """

    def __init__(self, layers=None, **kwargs):
        super().__init__(**kwargs)
        self.by_name = dict(layers or {})
        # Not by `build`, which would lock it. Keras runs a model once more where it finds a layer that is not built.
        self.built = True

    def replace(self, layers):
        """Puts other layers in the place of all; `layers` is `{name: layer}` in the order that they are to have."""
        # By `pop` and not `clear` or `del`: Keras stops tracking the layers of what is popped.
        for name in list(self.by_name):
            self.by_name.pop(name)
        for name, layer in layers.items():
            self.by_name[name] = layer
