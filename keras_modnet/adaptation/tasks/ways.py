"""Two ways to train the parts of a task: through the whole network, or a head alone on features computed once."""

from keras_modnet.adaptation.frozen.features import settled_shape
from keras_modnet.adaptation.tasks import start
from keras_modnet.adaptation.tasks.head_training import HeadTraining
from keras_modnet.adaptation.training import fit_task
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.layers.replicas import in_tf_strategy, strategy_scope
from keras_modnet.training.class_accuracy import answers_of

# Images of validation arrays that are computed at once beside a dataset.
_BATCH_SIZE = 64


class NetworkTraining:
    """Trains parts of a task by running the whole network in every epoch.

    Args:
        model: a `ModNet`; the model of the task is compiled.
        task: name of the task.
        parts: what trains.
        data: dataset.
        validation_data: arrays or a dataset, or None.
    """

    def __init__(self, model, task, parts, data, validation_data):
        self._model, self._task, self._parts = model, task, parts
        self._data, self._validation_data = data, validation_data
        self._plain = plain(data)

    def start_head(self):
        """Gives the task a head in closed form."""
        start.start_head(self._model, self._task, self._parts, self._plain)

    def fit(self, objective, **options):
        """Fits the parts; returns `{name: [value of each epoch]}`.

        Args:
            objective: `Objective`.
            **options: further ones of `keras.Model.fit`.
        """
        options |= {"validation_data": self._validation_data, "class_weight": objective.class_weight}
        return fit_task(self._model, self._task, self._data, **options)

    def answers(self):
        """Yields `(logits, labels)` of the validation data, batch by batch."""
        data = self._validation_data
        if isinstance(data, tuple):
            size = getattr(self._data, "batch_size", _BATCH_SIZE)
            data = [tuple(part[at : at + size] for part in data[:2]) for at in range(0, len(data[0]), size)]
        return answers_of(self._model.task(self._task), data)

    def gather_statistics(self):
        """Re-estimates the statistics of what has trained."""
        start.gather(self._model, self._task, self._parts, self._plain)


def plain(data):
    """Returns a dataset with its images as they are, without augmentation: what they are measured by."""
    return data.without_augmentation() if isinstance(data, ArrayBatches) else data


def choose_way(model, task, parts, data, validation_data, callbacks, store, seed):
    """Returns `HeadTraining` where it gives the same as `NetworkTraining`, else that.

    That is where the head alone trains on arrays or a folder, whose images are the same in each epoch, with such to
    validate on or none. Callbacks of the user have to see the task's own model, and replicas of a `tf.distribute`
    strategy share batches: both take the whole network.

    Args:
        model: a `ModNet`; the model of the task is compiled.
        task: name of the task.
        parts: what trains by gradients.
        data: dataset.
        validation_data: arrays or a dataset, or None.
        callbacks: those of the user.
        store: `FeatureStore` for the features.
        seed: that of `data`.
    """
    if _heads_suffice(model, parts, data, validation_data, callbacks):
        counts = [num_images(own) for own in (data, validation_data) if own is not None]
        shape = settled_shape(model, task)
        if store.has_room([(count, *shape) for count in counts]):
            return HeadTraining(model, task, data, validation_data, store, seed)
    return NetworkTraining(model, task, parts, data, validation_data)


def _heads_suffice(model, parts, data, validation_data, callbacks):
    on_arrays = isinstance(data, ArrayBatches) and isinstance(validation_data, ArrayBatches | tuple | None)
    on_arrays = on_arrays and data.augment is None
    with strategy_scope(model):
        return set(parts) == {"head"} and on_arrays and not callbacks and not in_tf_strategy()


def num_images(data):
    """Returns the number of images of arrays or of `ArrayBatches`; None of other data."""
    data = data.arrays if isinstance(data, ArrayBatches) else data
    return len(data[0]) if isinstance(data, tuple) else None
