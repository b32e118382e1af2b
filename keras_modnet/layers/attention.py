"""Attention as a stage of a block: every position looks at all others."""

import dataclasses

import keras
from keras import ops

from keras_modnet.layers.stages import Stage, Weight

PROJECTIONS = ("query", "key", "value")


@dataclasses.dataclass(frozen=True)
class SelfAttention(Stage):
    """Multi-head attention over all positions of the features (Vaswani et al. 2017, "Attention is all you need").

    Attributes:
        name: prefix of the weights.
        channels: channels of the features.
        num_heads: heads; divides the channels.
        use_bias: whether the four projections have biases.
    """

    name: str
    channels: int
    num_heads: int
    use_bias: bool = True

    @property
    def head_size(self):
        """Channels of one head."""
        return self.channels // self.num_heads

    def weights(self):
        """Returns kernels `(channels, heads, head_size)` of query, key and value, that of the output, and biases."""
        heads, weights = (self.num_heads, self.head_size), {}
        for name in PROJECTIONS:
            weights[f"{name}_kernel"] = Weight((self.channels, *heads), _projection_initializer)
            weights |= {f"{name}_bias": Weight(heads, "zeros")} if self.use_bias else {}
        weights["output_kernel"] = Weight((*heads, self.channels), _projection_initializer)
        return weights | ({"output_bias": Weight((self.channels,), "zeros")} if self.use_bias else {})

    def apply(self, x, weights):
        """Attends; `softmax(query key^T / sqrt(head_size)) value` for each head, by the backend's fused operation."""
        tokens = ops.reshape(x, (-1, x.shape[1] * x.shape[2], self.channels))
        attended = ops.dot_product_attention(*(self._project(tokens, weights, name) for name in PROJECTIONS))
        kernel = ops.reshape(weights["output_kernel"], (self.channels, self.channels))
        output = ops.matmul(ops.reshape(attended, (-1, tokens.shape[1], self.channels)), kernel)
        output = output + weights["output_bias"] if self.use_bias else output
        return ops.reshape(output, (-1, *x.shape[1:]))

    def _project(self, tokens, weights, name):
        kernel = ops.reshape(weights[f"{name}_kernel"], (self.channels, self.channels))
        projected = ops.reshape(ops.matmul(tokens, kernel), (-1, tokens.shape[1], self.num_heads, self.head_size))
        return projected + weights[f"{name}_bias"] if self.use_bias else projected

    def as_layer(self):
        """Returns `keras.layers.MultiHeadAttention`."""
        return keras.layers.MultiHeadAttention(self.num_heads, self.head_size, use_bias=self.use_bias)

    def call_layer(self, layer, x, name):
        """Calls it on the positions as one sequence, for which alone Keras takes the fused operation."""
        dtype, shapes = layer.dtype_policy, {"tokens": (x.shape[1] * x.shape[2], self.channels), "map": x.shape[1:]}
        flat, back = (keras.layers.Reshape(s, dtype=dtype, name=f"{name}_{part}") for part, s in shapes.items())
        tokens = flat(x)
        return back(layer(tokens, tokens))

    def macs(self, height, width):
        """Counts the four projections of every position, and its products with all others."""
        positions = height * width
        return positions * (4 * self.channels**2 + 2 * positions * self.channels)


def _projection_initializer():
    # What vision transformers start from (Dosovitskiy et al. 2021; Touvron et al. 2021). Fans of a kernel with heads
    # would be counted wrongly.
    return keras.initializers.TruncatedNormal(stddev=0.02)
