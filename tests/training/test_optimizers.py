import keras
import numpy as np

from keras_modnet.training.optimizers import adamw


def test_only_kernels_decay():
    optimizer = adamw(0.1, weight_decay=0.5)
    names = ("kernel", "logits", "norm1_scale", "norm1_offset", "bias")
    variables = [keras.Variable(np.ones(2, "float32"), name=name) for name in names]
    # Without a gradient AdamW moves a weight by -learning_rate * weight_decay * weight = -0.05, and nothing else.
    optimizer.apply([keras.ops.zeros(2) for _ in variables], variables)
    moved = {name: float(1 - variable.numpy()[0]) for name, variable in zip(names, variables, strict=True)}
    np.testing.assert_allclose([moved[name] for name in names], [0.05, 0, 0, 0, 0], atol=1e-6)
