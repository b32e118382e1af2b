"""From features to class logits."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.step_norms import StepNorms

# Which positions are pooled, each into a vector; several lie side by side.
POOLINGS = ("mean", "class_token", "patches", "class_token_and_patches")


@keras.saving.register_keras_serializable(package="keras_modnet")
class ClassifierHead(keras.layers.Layer):
    """Norm, activation, pooling and one dense layer; or the pooling in front of the norm.

    Args:
        num_classes: number of logits; None: there is no dense layer, and what is pooled comes out.
        norm: `"batch"`, `"group"`, `"layer"` or None.
        activation: Keras activation between norm and pooling, or None; `"relu"` suits pre-activation blocks.
        pool_first: whether the pooling comes first, so that the norm sees one vector an image.
        epsilon: what the norm adds to the variance.
        pooling: "mean" of all positions; of tokens also "class_token", the "patches"' mean, or both side by side,
            "class_token_and_patches".
        tokens_in_front: tokens in front of the patches, the class token first; of no meaning to "mean".
        dense_dtype: dtype policy of the dense layer, which quantizing changes.

    Call arguments:
        features: `(batch, height, width, channels)`.
        training: whether a batch norm gathers statistics.

    Returns:
        Logits `(batch, num_classes)`, float32 under every dtype policy; without classes `(batch, pooled channels)`.

    Raises:
        ValueError: a count under one, an unknown norm or pooling.
    """

    def __init__(
        self,
        num_classes,
        norm="batch",
        activation="relu",
        pool_first=False,
        epsilon=1e-3,
        pooling="mean",
        tokens_in_front=1,
        dense_dtype="float32",
        **kwargs,
    ):
        super().__init__(**kwargs)
        expect_one_of("pooling", pooling, POOLINGS)
        expect_count("tokens_in_front", tokens_in_front)
        self.num_classes, self.norm, self.activation = num_classes, norm, activation
        self.pool_first, self.epsilon = pool_first, epsilon
        self.pooling, self.tokens_in_front = pooling, tokens_in_front
        self.dense = None
        if num_classes is not None:
            expect_count("num_classes", num_classes)
            # float32: softmax and cross-entropy of half-precision logits lose the small classes.
            start = {"kernel_initializer": Initial("glorot_uniform"), "bias_initializer": Initial("zeros")}
            self.dense = keras.layers.Dense(num_classes, dtype=dense_dtype, name="dense", **start)

    def build(self, features_shape):
        """Makes norm and dense layer for the channels of the features."""
        channels = features_shape[-1]
        column = features_shape[2] == 1 and (features_shape[1] or 0) > self.tokens_in_front
        tokens = f"tokens (batch, more than {self.tokens_in_front}, 1, channels) for pooling={self.pooling!r}"
        expect(column or self.pooling == "mean", "features", tokens, tuple(features_shape))
        self.norms = None
        if self.norm is not None:
            own = {"epsilon": self.epsilon, "dtype": self.dtype_policy, "name": "norms"}
            self.norms = StepNorms(1, {"output": channels}, self.norm, **own)
            self.norms.build()
        if self.dense is not None:
            self.dense.build((None, self.pooled_channels(channels)))

    def call(self, features, training=None):
        """Pools and classifies."""
        if self.norms is None:
            return self.classify(self.pool(features))
        normalizer = self.norms.begin(training)
        pooled = self.pool(features, normalizer)
        normalizer.finish()
        return self.classify(pooled)

    def classify(self, pooled):
        """Returns the logits of what `pool` returned; without classes what it returned."""
        return pooled if self.dense is None else self.dense(pooled)

    def pooled_channels(self, channels):
        """Returns the channels of what is pooled from features of so many."""
        return 2 * channels if self.pooling == "class_token_and_patches" else channels

    def pool(self, features, normalizer=None):
        """Returns what the dense layer classifies, `(batch, pooled channels)`, float32.

        Args:
            features: `(batch, height, width, channels)`.
            normalizer: what `norms.begin` or `norms.measure` returned; None where there is no norm.
        """
        if self.pool_first:
            return self.flat(self.normalized(self.pooled_positions(features), normalizer))
        return self.flat(self.pooled_positions(self.normalized(features, normalizer)))

    def normalized(self, features, normalizer=None):
        """Returns features behind norm and activation; arguments as in `pool`."""
        if normalizer is not None:
            features = normalizer.step(0).apply("output", features, None)
        return keras.activations.get(self.activation)(features)

    def flat(self, features):
        """Returns `(batch, 1 or 2, 1, channels)` with the vectors of an image side by side, `(batch, ...)`, float32."""
        return ops.reshape(ops.cast(features, "float32"), (-1, features.shape[1] * features.shape[-1]))

    def pooled_positions(self, features):
        """Returns what the pooling makes of the positions, `(batch, 1 or 2, 1, channels)`, float32."""
        features = ops.cast(features, "float32")
        patches = features if self.pooling == "mean" else features[:, self.tokens_in_front :]
        mean = ops.mean(patches, axis=(1, 2), keepdims=True)
        if self.pooling == "class_token":
            return features[:, :1]
        return ops.concatenate([features[:, :1], mean], axis=1) if self.pooling.startswith("class_token") else mean

    def macs(self, channels):
        """Returns multiply-adds for one image with features of so many channels, norm and pooling not counted."""
        return 0 if self.dense is None else self.pooled_channels(channels) * self.num_classes

    def variables_by_name(self):
        """Returns `{"output/scale": ..., "kernel": ..., "bias": ...}`, stable names in a stable order.

        Raises:
            ValueError: the dense layer is quantized: its kernel says nothing without its scale.
        """
        self.expect_not_quantized()
        norms = {} if self.norms is None else self.norms.variables_by_name()
        return norms | ({} if self.dense is None else {"kernel": self.dense.kernel, "bias": self.dense.bias})

    def expect_not_quantized(self):
        """Raises `ValueError` if the dense layer is quantized."""
        mode = getattr(self.dense, "quantization_mode", None)
        kept = "a task's that is not quantized; `model.task(name).save(path)` and `.export(path)` keep a quantized one"
        expect(mode is None, "head", kept, mode)

    def compute_output_shape(self, features_shape):
        """Returns `(batch, num_classes)`; without classes `(batch, pooled channels)`."""
        return (features_shape[0], self.num_classes or self.pooled_channels(features_shape[-1]))

    def compute_output_spec(self, features, training=None):
        """Returns the spec of the logits; float32 under every dtype policy."""
        return keras.KerasTensor(self.compute_output_shape(features.shape), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_classes": self.num_classes,
            "norm": self.norm,
            "activation": self.activation,
            "pool_first": self.pool_first,
            "epsilon": self.epsilon,
            "pooling": self.pooling,
            "tokens_in_front": self.tokens_in_front,
            "dense_dtype": "float32" if self.dense is None else _serialized(self.dense.dtype_policy),
        }


def _serialized(policy):
    return keras.saving.serialize_keras_object(policy)
