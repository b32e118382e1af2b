"""What a compiled model has beside its weights while it trains: optimizer, metrics, and their running means."""

import keras


class StepState:
    """The part of training steps that all backends and strategies share.

    Args:
        model: a compiled Keras model.

    Attributes:
        model: the model.
    """

    def __init__(self, model):
        self.model = model
        self._built = False

    def build_once(self, batch):
        """As `build` at the first call, afterwards nothing."""
        if not self._built:
            self.build(batch)

    def build(self, batch):
        """Makes what the model makes at its first batch: variables of the optimizer and the metrics.

        Args:
            batch: `(x, y)` as it will be trained on; its values do not matter.
        """
        x, y = keras.tree.map_structure(_symbolic, batch)
        _Measures(self.model).compute_output_spec(y, self.model.compute_output_spec(x))
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        self._built = True

    def run(self, batch):
        """Trains on one batch; under a strategy it is the global one.

        Args:
            batch: `(x, y)`: arrays or tensors, or dicts of them by task.
        """
        self.run_several([batch])

    def run_several(self, batches):
        """Trains on some batches, one after the other.

        Args:
            batches: a list of batches, as `run` takes them.
        """
        raise NotImplementedError

    def reset(self):
        """Begins the running means anew."""
        self.model.reset_metrics()

    def logs(self):
        """Returns `{name: float}` of the running means since `reset`, those that `fit` would log; waits for them."""
        results = self.model.get_metrics_result()
        return {name: float(keras.ops.convert_to_numpy(value)) for name, value in sorted(results.items())}

    def variables(self):
        """Returns the variables of the running means, in a fixed order; complete once `build` or a step was called."""
        return list(self.model.metrics_variables)


class _Measures(keras.Operation):
    """Loss and metrics as an operation, so that their variables are made without a step."""

    def __init__(self, model):
        super().__init__()
        self._model = model

    def call(self, y, y_pred):
        """Returns the loss and the metrics' results."""
        loss = self._model.compute_loss(None, y, y_pred, None)
        return loss, self._model.compute_metrics(None, y, y_pred, None)


def _symbolic(value):
    return keras.KerasTensor(value.shape, keras.backend.standardize_dtype(value.dtype))
