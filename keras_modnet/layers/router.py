"""The router that learns: a layer that holds a task's ordering and gives it as weights over the blocks of each step."""

import keras
import numpy as np
from keras import ops

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.gumbel import gumbel_noise, gumbel_softmax, one_hot_argmax
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.ordering_losses import block_use_imbalance, ordering_entropy
from keras_modnet.layers.values import value_of

# Logits of a chosen block above the others after `set_blocks`: far beyond what an optimizer's leftover momentum moves.
HARD_MARGIN = 10.0


@keras.saving.register_keras_serializable(package="keras_modnet")
class GumbelRouter(keras.layers.Layer):
    """Learns which block runs at which step.

    While it trains (`training=True`, layer trainable, not hardened) every call draws an ordering with the
    Gumbel-softmax; otherwise the ordering is the one-hot of the largest logits, without noise. There is one draw a
    call, shared by all examples of the batch; under `tf.distribute.MirroredStrategy` all replicas draw the same.

    Args:
        num_steps: rows of the ordering.
        num_blocks: columns of the ordering, the blocks of the bank.
        temperature: positive start value of the Gumbel-softmax temperature, a variable that callbacks anneal.
        straight_through: if True training uses one-hot draws with the gradient of the relaxed ones.
        logits_multiplier: positive factor between the variable and the logits. Under Adam and its kin, whose steps do
            not depend on the size of a gradient, logits so learn with `logits_multiplier` times the optimizer's
            learning rate; Keras optimizers have one rate for all variables.
        entropy_weight: weight of `ordering_entropy` in `losses`, while the layer draws; pushes each step to decide.
        block_use_weight: weight of `block_use_imbalance` there; pushes against leaving blocks unused.
        seed: integer seed of the layer's own generator, or None.

    Call arguments:
        inputs: ignored, any shape; gives the layer its place in a functional model.
        training: whether to draw.

    Returns:
        `(num_steps, num_blocks)`, float32 under every dtype policy, rows sum to one.

    Raises:
        ValueError: a count under one, a temperature or a multiplier that is not positive, a negative weight.

    Reference:
        Jang et al. 2017, "Categorical reparameterization with Gumbel-softmax", arXiv 1611.01144.
    """

    def __init__(
        self,
        num_steps,
        num_blocks,
        temperature=1.0,
        straight_through=False,
        logits_multiplier=1.0,
        entropy_weight=0.0,
        block_use_weight=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        expect_count("num_steps", num_steps)
        expect_count("num_blocks", num_blocks)
        expect(temperature > 0, "temperature", "a positive number", temperature)
        expect(logits_multiplier > 0, "logits_multiplier", "a positive number", logits_multiplier)
        expect(entropy_weight >= 0, "entropy_weight", "a number from 0", entropy_weight)
        expect(block_use_weight >= 0, "block_use_weight", "a number from 0", block_use_weight)
        self.num_steps, self.num_blocks = num_steps, num_blocks
        self.logits_multiplier = logits_multiplier
        self.entropy_weight, self.block_use_weight = entropy_weight, block_use_weight
        self.temperature, self.straight_through = temperature, straight_through
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape=None):
        """Makes the logits (zeros: every ordering equally likely), the temperature and the hardened flag."""
        # float32 and no autocast: a half-precision sum of logits and noise would merge blocks that are near.
        shape, zeros, own = (self.num_steps, self.num_blocks), Initial("zeros"), {"autocast": False}
        self.logits = self.add_weight(shape=shape, initializer=zeros, dtype="float32", name="logits", **own)
        start, own = Initial(keras.initializers.Constant(self.temperature)), own | {"trainable": False}
        self.current_temperature = self.add_weight(
            shape=(), initializer=start, dtype="float32", name="temperature", **own
        )
        self.hardened = self.add_weight(shape=(), initializer=zeros, dtype="bool", name="hardened", **own)

    def call(self, inputs=None, training=None):
        """Draws, or gives the hard ordering."""
        hard = one_hot_argmax(self.logits)
        if not (training and self.trainable):
            return hard
        noise = gumbel_noise((self.num_steps, self.num_blocks), self.seed_generator)
        logits = self.logits_multiplier * ops.convert_to_tensor(self.logits)
        drawn = gumbel_softmax(logits, self.current_temperature, noise, hard=self.straight_through)
        hardened = ops.convert_to_tensor(self.hardened)
        if self._has_loss:
            self.add_loss(self.decision_loss())
        return ops.where(hardened, hard, drawn)

    def gives_hard(self, training):
        """Returns whether a call gives one-hot rows: True, or a bool tensor where that is decided when it runs."""
        # Compared, since on TensorFlow the value itself comes as a variable, which `ops.cond` does not take.
        return ops.equal(ops.convert_to_tensor(self.hardened), True) if training and self.trainable else True

    @property
    def _has_loss(self):
        return bool(self.entropy_weight or self.block_use_weight)

    def decision_loss(self):
        """Returns the loss that a drawing call adds, from the logits as they are now; 0.0 where there is none."""
        if not (self.trainable and self._has_loss):
            return 0.0
        probabilities = ops.softmax(self.logits_multiplier * ops.convert_to_tensor(self.logits), axis=-1)
        loss = self.entropy_weight * ordering_entropy(probabilities)
        loss = loss + self.block_use_weight * block_use_imbalance(probabilities)
        # A hardened ordering is a decision: nothing may pull its logits to another one.
        return ops.where(ops.convert_to_tensor(self.hardened), 0.0, loss)

    def weights_now(self):
        """Returns the ordering as a NumPy array `(num_steps, num_blocks)`: softmax of the logits, or one-hot rows."""
        logits = self.logits_multiplier * ops.convert_to_tensor(self.logits)
        # Of one block there is nothing to weigh, and Keras warns of a softmax over it.
        decided = bool(value_of(self.hardened)) or self.num_blocks == 1
        return ops.convert_to_numpy(one_hot_argmax(logits) if decided else ops.softmax(logits, axis=-1))

    def set_weights_now(self, weights):
        """Takes an ordering over: hard rows harden the router, others become logits `log(weights)`.

        Args:
            weights: array `(num_steps, num_blocks)`, rows sum to one.
        """
        weights = np.asarray(weights, "float32")
        hard = bool(np.all(weights.max(axis=-1) == 1.0))
        logits = HARD_MARGIN * weights if hard else np.log(np.maximum(weights, 1e-8))
        self.logits.assign(logits / self.logits_multiplier)
        self.hardened.assign(hard)

    def harden(self):
        """Fixes the ordering at the largest logits; training goes on with it and draws no more."""
        self.set_weights_now(ops.convert_to_numpy(one_hot_argmax(ops.convert_to_tensor(self.logits))))

    def soften(self, confidence=None):
        """Lets the router draw again.

        Args:
            confidence: probability that each step's present block starts with, from 1 / num_blocks to under 1; None
                starts from equal probabilities.

        Raises:
            ValueError: the confidence is outside its range.
        """
        blocks = ops.convert_to_numpy(one_hot_argmax(ops.convert_to_tensor(self.logits)))
        if confidence is None or self.num_blocks == 1:
            self.logits.assign(np.zeros_like(blocks))
        else:
            expect_confidence(confidence, self.num_blocks)
            odds = confidence * (self.num_blocks - 1) / (1 - confidence)
            self.logits.assign(blocks * np.log(odds) / self.logits_multiplier)
        self.hardened.assign(False)

    def variables_by_name(self):
        """Returns `{"logits": ..., "temperature": ..., "hardened": ...}`, stable names in a stable order."""
        return {"logits": self.logits, "temperature": self.current_temperature, "hardened": self.hardened}

    def save_own_variables(self, store):
        """Saves the weights and, since Keras does not, the seed's state: training goes on with the draws to come."""
        super().save_own_variables(store)
        store["seed_state"] = value_of(self.seed_generator.state)

    def load_own_variables(self, store):
        """Takes over what `save_own_variables` saved."""
        # A store of Keras has keys, but is no mapping.
        names = list(store.keys())
        saved = {name: store[name] for name in names}
        state = saved.pop("seed_state")
        super().load_own_variables(saved)
        self.seed_generator.state.assign(np.asarray(state).astype(self.seed_generator.state.dtype))

    def compute_output_shape(self, input_shape=None):
        """Returns `(num_steps, num_blocks)`."""
        return (self.num_steps, self.num_blocks)

    def compute_output_spec(self, inputs=None, training=None):
        """Returns the spec of the ordering; float32 under every dtype policy."""
        return keras.KerasTensor((self.num_steps, self.num_blocks), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_steps": self.num_steps,
            "num_blocks": self.num_blocks,
            "temperature": self.temperature,
            "straight_through": self.straight_through,
            "logits_multiplier": self.logits_multiplier,
            "entropy_weight": self.entropy_weight,
            "block_use_weight": self.block_use_weight,
            "seed": self.seed,
        }


def expect_confidence(confidence, num_blocks):
    """Raises `ValueError` unless a router of `num_blocks` can soften with this confidence; None it always can."""
    least = 1 / num_blocks
    valid = confidence is None or num_blocks == 1 or least <= confidence < 1
    expect(valid, "confidence", f"from {least:.3g} to under 1", confidence)
