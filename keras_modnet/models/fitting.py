"""What `fit` needs beside Keras's own: checked data, only the tasks in the batch, compiled functions by task."""

import contextlib

import keras

from keras_modnet.checks import expect
from keras_modnet.models.data_checks import check_first_batch, checked_arguments

KERAS_FUNCTIONS = ("train_function", "test_function", "predict_function")


class FunctionCache:
    """What is kept so that nothing is traced or collected twice; a plain object Keras does not track.

    Attributes:
        by_task: compiled functions by task.
        variables: the variables of the shared parts and of some tasks, by the names of these tasks.
    """

    def __init__(self):
        self.by_task = {}
        self.variables = {}


class FitsTasks:
    """Mixin in front of `keras.Model`: standard `compile` and `fit` on one selected task or on a dict of tasks."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._functions = FunctionCache()
        self._running = None
        self._fitted = None

    def swap_functions(self, old, new):
        """Puts the compiled functions of task `old` aside and takes out those of task `new`."""
        cache = self._functions.by_task
        cache[old] = {name: getattr(self, name, None) for name in KERAS_FUNCTIONS}
        for name, function in cache.get(new, dict.fromkeys(KERAS_FUNCTIONS)).items():
            setattr(self, name, function)

    def forget_functions(self):
        """Drops all compiled functions: tasks or what trains have changed."""
        self._functions.by_task.clear()
        self._functions.variables.clear()
        for name in KERAS_FUNCTIONS:
            setattr(self, name, None)

    @property
    def trainable_variables(self):
        """Variables that train; while Keras fits, evaluates or predicts those of the tasks in the batch.

        Gradients of the others would not exist, and an optimizer with weight decay would shrink them all the same.
        """
        if self._running is None or not self.trainable:
            return super().trainable_variables
        return [variable for variable in self._variables_of(self._running) if variable.trainable]

    @property
    def trainable_weights(self):
        """As `trainable_variables`; Keras reads the one here and the other there."""
        return super().trainable_weights if self._running is None else self.trainable_variables

    @property
    def non_trainable_variables(self):
        """Variables that do not train, of the same tasks: JAX's functions are handed all of these at every call."""
        if self._running is None or not self.trainable:
            return super().non_trainable_variables
        return [variable for variable in self._variables_of(self._running) if not variable.trainable]

    def _variables_of(self, tasks):
        kept = self._functions.variables
        if tasks not in kept:
            idle = [layers for name, layers in self.task_layers.items() if name not in tasks]
            left_out = {id(variable) for layers in idle for variable in layers.variables}
            kept[tasks] = [variable for variable in self.variables if id(variable) not in left_out]
        return kept[tasks]

    @contextlib.contextmanager
    def _only(self, tasks):
        former, self._running = self._running, tasks
        try:
            yield
        finally:
            self._running = former

    def compile(self, *args, **kwargs):
        """As `keras.Model.compile`; with several tasks `loss`, `loss_weights` and `metrics` may be dicts by task."""
        self._functions.by_task.clear()
        self._fitted = None
        super().compile(*args, **kwargs)

    def get_compile_config(self):
        """As Keras's, with the tasks whose variables the optimizer knows.

        None where it knows other variables than those that train now: `fit` would want a new `compile`, and so will it
        in the loaded model.
        """
        config = super().get_compile_config()
        optimizer = getattr(self, "optimizer", None)
        if config is None or optimizer is None or not optimizer.built:
            return config
        with self._only(self._fitted):
            if not _knows(optimizer, self.trainable_variables):
                return None
        return config | {"fitted_tasks": None if self._fitted is None else list(self._fitted)}

    def compile_from_config(self, config):
        """As Keras's; builds the optimizer for the variables that it knew when it was saved."""
        config = keras.saving.deserialize_keras_object(config)
        was_built, fitted = "fitted_tasks" in config, config.pop("fitted_tasks", None)
        self.compile(**config)
        # One that had seen no variables yet may still meet those of any task.
        if was_built:
            self._fitted = None if fitted is None else tuple(fitted)
            with self._only(self._fitted):
                self.optimizer.build(self.trainable_variables)

    def fit(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.fit`; trains what is trainable of the tasks in the batch.

        Args:
            x: images of the selected task, a dict of images keyed by task, or a dataset of (images, labels) of either.
            y: labels, where `x` is not a dataset: integers `(n,)`, or one-hot rows `(n, num_classes)`.
            *args: as in Keras.
            **kwargs: as in Keras.

        Raises:
            ValueError: before any step: an empty dataset, images of another shape or with NaN, labels outside the
                classes of their task, an unknown task, nothing that trains, an optimizer that was built for other
                variables.
        """
        x, y, batch = checked_arguments(x, y)
        tasks = check_first_batch(self, *batch)
        with self._only(tasks):
            self._check_optimizer()
            self._fitted = tasks
            return super().fit(x, y, *args, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        """As `keras.Model.evaluate`."""
        with self._only(self._tasks_in(x)):
            return super().evaluate(x, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        """As `keras.Model.predict`."""
        with self._only(self._tasks_in(x)):
            return super().predict(x, *args, **kwargs)

    def test_on_batch(self, x, *args, **kwargs):
        """As `keras.Model.test_on_batch`."""
        with self._only(self._tasks_in(x)):
            return super().test_on_batch(x, *args, **kwargs)

    def predict_on_batch(self, x):
        """As `keras.Model.predict_on_batch`."""
        with self._only(self._tasks_in(x)):
            return super().predict_on_batch(x)

    def _tasks_in(self, x):
        """Returns the tasks of arrays; None, all tasks, where a first batch would have to be taken to know them."""
        if isinstance(x, dict):
            return tuple(name for name in self.task_names if name in x)
        return (self.selected_task,) if hasattr(x, "shape") else None

    def _check_optimizer(self):
        variables = self.trainable_variables
        expect(variables, "parts", "trainable for at least one of the tasks in the batch", self._running)
        optimizer = getattr(self, "optimizer", None)
        if optimizer is None or not optimizer.built:
            return
        if self._fitted is not None and set(self._fitted) != set(self._running):
            raise ValueError(
                f"The model was compiled and fitted for the tasks {self._fitted}. Expected the same tasks in the "
                f"batch, or `compile` with a new optimizer first. Received the tasks {self._running}."
            )
        if not _knows(optimizer, variables):
            raise ValueError(
                "What trains has changed since the optimizer was built. Expected `compile` with a new optimizer after "
                f"`add_task`, `remove_task`, `set_ordering` or `train_only`. Received {len(variables)} trainable "
                f"variables where the optimizer knows {len(_known(optimizer))}."
            )


def _known(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)._trainable_variables


def _knows(optimizer, variables):
    return {id(variable) for variable in variables} == {id(variable) for variable in _known(optimizer)}
