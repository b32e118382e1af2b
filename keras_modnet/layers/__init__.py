"""The parts as ordinary Keras layers; they work in anybody's model on every Keras backend."""

from keras_modnet.layers.bank import BlockBank
from keras_modnet.layers.blocks import register_block
from keras_modnet.layers.fixed_router import FixedRouter
from keras_modnet.layers.head import ClassifierHead
from keras_modnet.layers.mixture import MixtureRouter
from keras_modnet.layers.router import GumbelRouter
from keras_modnet.layers.stem import IsometricStem
from keras_modnet.layers.step_norms import StepNorms
from keras_modnet.layers.steps import OrderedSteps
from keras_modnet.layers.token_stem import TokenStem

__all__ = [
    "BlockBank",
    "ClassifierHead",
    "FixedRouter",
    "GumbelRouter",
    "IsometricStem",
    "MixtureRouter",
    "OrderedSteps",
    "StepNorms",
    "TokenStem",
    "register_block",
]
