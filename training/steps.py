"""Training steps of a compiled Keras model, one call each, whatever the backend and however many replicas there are."""

import keras
from keras import ops

from training.replica_steps import ReplicaSteps
from training.step_state import StepState


def make_steps(model, strategy=None):
    """Returns what trains a compiled model batch by batch, with the numbers that `fit` has for the same batches.

    Make it anew where `compile` was called, an ordering was set or something else trains; what it was made for is
    traced once.

    Args:
        model: a compiled Keras model.
        strategy: the `tf.distribute` strategy that the model was made under, or None.

    Returns:
        A `StepState` with `run(batch)` and `run_several(batches)`.
    """
    if strategy is not None:
        return ReplicaSteps(model, strategy)
    return JaxSteps(model) if keras.backend.backend() == "jax" else Steps(model)


class Steps(StepState):
    """Steps on one device, where a step changes the variables itself: TensorFlow and torch."""

    def build(self, batch):
        """Makes what the model makes at its first batch: variables of the optimizer and the metrics."""
        super().build(batch)
        self.model.make_train_function()

    def run_several(self, batches):
        """Trains on some batches, one after the other.

        Args:
            batches: a list of batches, as `run` takes them.
        """
        self.build_once(batches[0])
        for batch in batches:
            # `train_on_batch` would do this, begin the means anew, and wait for the numbers.
            self._step(keras.tree.map_structure(self._on_device, batch))

    def _on_device(self, value):
        return ops.convert_to_tensor(value)

    def _step(self, batch):
        data = (*batch, None)
        # Torch looks into a list, TensorFlow into an iterator.
        self.model.train_function([data] if keras.backend.backend() == "torch" else iter([data]))


class JaxSteps(Steps):
    """Steps on JAX, on one device or under a `keras.distribution`: a step is a function of all variables' values."""

    def run_several(self, batches):
        """As `Steps.run_several`; the variables have their values again at its end."""
        self.build_once(batches[0])
        variables = self._variables()
        self._values = _owned([[variable.value for variable in own] for own in variables])
        super().run_several(batches)
        for own, values in zip(variables, self._values, strict=True):
            for variable, value in zip(own, values, strict=True):
                variable.assign(value)
        self._values = None

    def _variables(self):
        model = self.model
        kinds = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
        return [*kinds, model.metrics_variables]

    def _on_device(self, value):
        distribution = keras.distribution.distribution()
        value = ops.convert_to_tensor(value)
        if distribution is None:
            return value
        return keras.distribution.distribute_tensor(value, distribution.get_data_layout(value.shape))

    def _step(self, batch):
        _, self._values = self.model.train_function(tuple(self._values), iter([(*batch, None)]))


def _owned(values):
    # A step gives its memory away. Two variables share theirs where the average of the weights was taken over.
    seen = set()

    def own(value):
        shared = id(value) in seen
        seen.add(id(value))
        return ops.copy(value) if shared else value

    return [[own(value) for value in kind] for kind in values]
