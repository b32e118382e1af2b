"""Keras callbacks: what an ordering's search needs, what is kept of it, and what TensorBoard shows."""

from keras_modnet.analysis.ordering_tensorboard import OrderingTensorBoard
from keras_modnet.training.callbacks import (
    Harden,
    OrderingHistory,
    SoftHardGap,
    TemperatureAnnealing,
    WarmStart,
    cycle_weights,
)

__all__ = [
    "Harden",
    "OrderingHistory",
    "OrderingTensorBoard",
    "SoftHardGap",
    "TemperatureAnnealing",
    "WarmStart",
    "cycle_weights",
]
