"""From features to class logits."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.step_norms import StepNorms


@keras.saving.register_keras_serializable(package="keras_modnet")
class ClassifierHead(keras.layers.Layer):
    """Norm, activation, global average pooling and one dense layer; or the pooling in front of the norm.

    Args:
        num_classes: number of logits.
        norm: `"batch"`, `"group"`, `"layer"` or None.
        activation: Keras activation between norm and pooling, or None; `"relu"` suits pre-activation blocks.
        pool_first: whether the pooling comes first, so that the norm sees one vector an image.
        epsilon: what the norm adds to the variance.
        dense_dtype: dtype policy of the dense layer, which quantizing changes.

    Call arguments:
        features: `(batch, height, width, channels)`.
        training: whether a batch norm gathers statistics.

    Returns:
        Logits `(batch, num_classes)`, float32 under every dtype policy.

    Raises:
        ValueError: a count under one or an unknown norm.
    """

    def __init__(
        self,
        num_classes,
        norm="batch",
        activation="relu",
        pool_first=False,
        epsilon=1e-3,
        dense_dtype="float32",
        **kwargs,
    ):
        super().__init__(**kwargs)
        expect_count("num_classes", num_classes)
        self.num_classes, self.norm, self.activation = num_classes, norm, activation
        self.pool_first, self.epsilon = pool_first, epsilon
        # float32: softmax and cross-entropy of half-precision logits lose the small classes.
        start = {"kernel_initializer": Initial("glorot_uniform"), "bias_initializer": Initial("zeros")}
        self.dense = keras.layers.Dense(num_classes, dtype=dense_dtype, name="dense", **start)

    def build(self, features_shape):
        """Makes norm and dense layer for the channels of the features."""
        channels = features_shape[-1]
        self.norms = None
        if self.norm is not None:
            own = {"epsilon": self.epsilon, "dtype": self.dtype_policy, "name": "norms"}
            self.norms = StepNorms(1, {"output": channels}, self.norm, **own)
            self.norms.build()
        self.dense.build((None, channels))

    def call(self, features, training=None):
        """Pools and classifies."""
        if self.norms is None:
            return self.dense(self.pool(features))
        normalizer = self.norms.begin(training)
        pooled = self.pool(features, normalizer)
        normalizer.finish()
        return self.dense(pooled)

    def pool(self, features, normalizer=None):
        """Returns what the dense layer classifies, `(batch, channels)`, float32.

        Args:
            features: `(batch, height, width, channels)`.
            normalizer: what `norms.begin` or `norms.measure` returned; None where there is no norm.
        """
        if self.pool_first:
            features = ops.mean(ops.cast(features, "float32"), axis=(1, 2), keepdims=True)
        if normalizer is not None:
            features = normalizer.step(0).apply("output", features, None)
        features = keras.activations.get(self.activation)(features)
        return ops.mean(ops.cast(features, "float32"), axis=(1, 2))

    def variables_by_name(self):
        """Returns `{"output/scale": ..., "kernel": ..., "bias": ...}`, stable names in a stable order.

        Raises:
            ValueError: the dense layer is quantized: its kernel says nothing without its scale.
        """
        self.expect_not_quantized()
        norms = {} if self.norms is None else self.norms.variables_by_name()
        return norms | {"kernel": self.dense.kernel, "bias": self.dense.bias}

    def expect_not_quantized(self):
        """Raises `ValueError` if the dense layer is quantized."""
        mode = getattr(self.dense, "quantization_mode", None)
        kept = "a task's that is not quantized; `model.task(name).save(path)` and `.export(path)` keep a quantized one"
        expect(mode is None, "head", kept, mode)

    def compute_output_shape(self, features_shape):
        """Returns `(batch, num_classes)`."""
        return (features_shape[0], self.num_classes)

    def compute_output_spec(self, features, training=None):
        """Returns the spec of the logits; float32 under every dtype policy."""
        return keras.KerasTensor((features.shape[0], self.num_classes), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_classes": self.num_classes,
            "norm": self.norm,
            "activation": self.activation,
            "pool_first": self.pool_first,
            "epsilon": self.epsilon,
            "dense_dtype": keras.saving.serialize_keras_object(self.dense.dtype_policy),
        }
