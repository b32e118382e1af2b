"""What an objective says of hard orderings on images without labels."""

import keras

from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.steps import run_steps


class DomainScores:
    """Scores orderings of a task by an objective on images; nothing in the model changes.

    Args:
        model: a `ModNet`.
        task: name of the task.
        images: `(n, H, W, C)`, one batch.
        objective: function from logits to a scalar, the lower, the better.
        measured: whether batch norms use the statistics of these images, in place of the task's moving ones.

    Attributes:
        count: how many orderings were scored.
    """

    def __init__(self, model, task, images, objective, measured):
        self._model, self._task, self._images = model, task, images
        self._objective, self._measured, self.count = objective, measured, 0

    def score(self, ordering):
        """Returns the score of an `Ordering` that is hard or a mixture."""
        with no_gradients():
            if ordering.mixed:
                return self._judge(self._pooled(ordering.weights))
            return self._judge(self.features(ordering).pooled())

    def _pooled(self, weights):
        layers = self._model.task_layers[self._task]

        def begin(norms):
            return norms.measure() if self._measured else norms.begin(training=False)

        ordering = keras.ops.convert_to_tensor(weights, "float32")
        features = run_steps(self._model.stem(self._images), self._model.bank, ordering, begin(layers.norms))
        return layers.head.pool(features, None if layers.head.norms is None else begin(layers.head.norms))

    def features(self, ordering):
        """Returns the `StepFeatures` of an ordering, of which each step's block runs."""
        return StepFeatures(StepRunner(self._model, self._task, self._measured), self._images, ordering)

    def _judge(self, pooled):
        self.count += 1
        logits = self._model.task_layers[self._task].head.dense(pooled)
        return float(keras.ops.convert_to_numpy(self._objective(logits)))

    def around(self, features):
        """Returns what `search.descend` asks: an object whose `of(ordering)` scores orderings like the present one."""
        return _Around(features, self._judge)


class _Around:
    def __init__(self, features, score):
        self._features, self._score = features, score

    def of(self, ordering):
        return self._score(self._features.pooled(ordering))
