"""`compile`, `fit`, `predict` and their like of a `ModNet`: handed on to the model of the tasks in the data."""

import keras

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.data.image_lists import is_path
from keras_modnet.data.streams import first_batch, is_stream
from keras_modnet.layers.replicas import strategy_scope
from keras_modnet.models.checked_calls import known, knows
from keras_modnet.models.task_model import JointModel, TaskModel


class TaskModels:
    """The models of the tasks of a `ModNet` that somebody has asked for; a plain object, which Keras does not track.

    Attributes:
        by_task: `{task: TaskModel}`.
        joint: `{tuple of tasks: JointModel}`.
        settings: what `ModNet.compile` was given, `{name: value}`; None before.
        outdated: `(model, its optimizer)` of those that were there by then; they take these settings, unless they have
            got another optimizer since.
    """

    def __init__(self):
        self.by_task, self.joint = {}, {}
        self.settings, self.outdated = None, []

    def forget(self, task):
        """Drops the models of a task that is gone; who holds one can go on using it."""
        self.by_task.pop(task, None)
        for tasks in [tasks for tasks in self.joint if task in tasks]:
            self.joint.pop(tasks)
        self.outdated = [pair for pair in self.outdated if task not in pair[0].task_names]

    def set(self, settings):
        """Takes what `ModNet.compile` was given."""
        there = (*self.by_task.values(), *self.joint.values())
        self.settings, self.outdated = settings, [(model, getattr(model, "optimizer", None)) for model in there]

    def has_settings_for(self, model):
        """Returns whether a model is to be compiled with these settings."""
        optimizer = getattr(model, "optimizer", None)
        outdated = any(model is other and optimizer is own for other, own in self.outdated)
        return self.settings is not None and (outdated or not model.compiled)

    def were_taken_by(self, model):
        """Notes that a model was compiled with these settings."""
        self.outdated = [pair for pair in self.outdated if pair[0] is not model]


class Delegates:
    """Mixin in front of `keras.Model`: images go to the default task, a dict of them to the tasks that it names."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._models = TaskModels()

    def task(self, name):
        """Returns a task as a `keras.Model` from images to logits, over the variables of this model.

        Args:
            name: name of the task.

        Returns:
            `TaskModel`, the same object at each call. It has an optimizer of its own once it is compiled.

        Raises:
            ValueError: an unknown task.
        """
        expect_one_of("task", name, self.task_names)
        if name not in self._models.by_task:
            self._models.by_task[name] = self._make(TaskModel, (name,))
        return self._models.by_task[name]

    def joint(self, names):
        """Returns several tasks as a `keras.Model` from a dict of images to a dict of logits.

        Args:
            names: sequence of names of tasks, at least one, each once, in any order.

        Returns:
            `JointModel`, the same object at each call.

        Raises:
            ValueError: no task, one that comes twice, or an unknown one.
        """
        listed = not isinstance(names, str) and len(names) > 0 and len(set(names)) == len(names)
        expect(listed, "names", "a sequence with at least one task, each once", names)
        for name in names:
            expect_one_of("task", name, self.task_names)
        tasks = tuple(name for name in self.task_names if name in names)
        if tasks not in self._models.joint:
            self._models.joint[tasks] = self._make(JointModel, tasks)
        return self._models.joint[tasks]

    def _make(self, model_class, tasks):
        layers = {task: self.task_layers[task] for task in tasks}
        with strategy_scope(self):
            return model_class(self.image_shape, self.stem, layers, resizing=self.resizing, dtype=self.dtype_policy)

    def compile(self, optimizer="rmsprop", loss=None, loss_weights=None, metrics=None, weighted_metrics=None, **kwargs):
        """As `keras.Model.compile`, for what `fit`, `evaluate` and their like of this model will run.

        `loss`, `loss_weights`, `metrics` and `weighted_metrics` may be dicts by task; each call takes those of its
        tasks. The optimizer belongs to the tasks that are fitted first: to train others, `compile` again, or compile
        `model.task(name)`, which then has an optimizer of its own.
        """
        super().compile(optimizer, loss, loss_weights, metrics, weighted_metrics, **kwargs)
        by_task = {"loss": loss, "loss_weights": loss_weights, "metrics": metrics, "weighted_metrics": weighted_metrics}
        self._models.set((by_task, kwargs))

    def _model_for(self, x, y=None):
        """Returns the model of the tasks that the images name, and the images."""
        images, x = _images_of(x, y)
        if not isinstance(images, dict):
            return self.task(self.default_task), x
        expect(len(images) > 0, "x", "images of at least one task", images)
        return self.joint(tuple(images)), x

    def _compiled_for(self, x, y=None):
        model, x = self._model_for(x, y)
        if self._models.has_settings_for(model):
            by_task, options = self._models.settings
            own = {name: _of_tasks(name, value, model) for name, value in by_task.items()}
            with strategy_scope(self):
                model.compile(self.optimizer, **own, **options)
            # It may have been set since `compile`, as on any Keras model.
            model.run_eagerly = self.run_eagerly
            self._models.were_taken_by(model)
        return model, x

    def fit(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.fit`; trains what is trainable of the default task, or of the tasks that the images name.

        Callbacks see the model of these tasks, `model.task(name)` or `model.joint(names)`, as their `model`.

        Args:
            x: images of the default task, a dict of images keyed by task, or a dataset of (images, labels) of either;
                or for the default task the path of a folder with a folder of images for each class.
            y: labels, where `x` is not a dataset: whole numbers `(n,)`, or rows `(n, num_classes)`.
            *args: as in Keras.
            **kwargs: as in Keras.

        Raises:
            ValueError: data that the tasks cannot take, an unknown task, nothing that trains, an optimizer that was
                built for other variables. Of arrays before any step, of a stream when its batch comes.
        """
        model, x = self._compiled_for(x, y)
        self.history = model.fit(x, y, *args, **kwargs)
        return self.history

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.evaluate`, of the tasks in the data as in `fit`."""
        model, x = self._compiled_for(x, y)
        return model.evaluate(x, y, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        """As `keras.Model.predict`, of the tasks in the data as in `fit`."""
        model, x = self._model_for(x)
        return model.predict(x, *args, **kwargs)

    def train_on_batch(self, x, *args, **kwargs):
        """As `keras.Model.train_on_batch`, of the tasks in the data as in `fit`."""
        return self._compiled_for(x)[0].train_on_batch(x, *args, **kwargs)

    def test_on_batch(self, x, *args, **kwargs):
        """As `keras.Model.test_on_batch`, of the tasks in the data as in `fit`."""
        return self._compiled_for(x)[0].test_on_batch(x, *args, **kwargs)

    def predict_on_batch(self, x):
        """As `keras.Model.predict_on_batch`, of the tasks in the data as in `fit`."""
        return self._model_for(x)[0].predict_on_batch(x)

    def export(self, filepath, *args, **kwargs):
        """As `keras.Model.export`, of the default task. `export_saved_model` writes several tasks."""
        return self.task(self.default_task).export(filepath, *args, **kwargs)

    def get_compile_config(self):
        """As Keras's, with the tasks whose variables the optimizer knows.

        None where it knows other variables than those that train now: `fit` would want a new `compile`, and so will it
        in the loaded model.
        """
        config, optimizer = super().get_compile_config(), getattr(self, "optimizer", None)
        if not config or optimizer is None or not optimizer.built:
            return config
        owned = {id(variable) for variable in known(optimizer)}
        tasks = [name for name, own in self.task_layers.items() if owned & {id(v) for v in own.own_variables}]
        # What all tasks share is trained alike by any of them.
        tasks = tasks or [self.default_task]
        return config | {"fitted_tasks": tasks} if knows(optimizer, self._trained_by(tasks)) else None

    def compile_from_config(self, config):
        """As Keras's; builds the optimizer for the variables that it knew when it was saved."""
        config = keras.saving.deserialize_keras_object(config)
        fitted = config.pop("fitted_tasks", None)
        self.compile(**config)
        if fitted is not None:
            self.optimizer.build(self._trained_by(fitted))

    def _trained_by(self, tasks):
        model = self.task(tasks[0]) if len(tasks) == 1 else self.joint(tasks)
        return model.trainable_variables


def _images_of(x, y):
    if is_path(x) or not is_stream(x, y):
        return x, x
    first, x = first_batch(x)
    return first[0] if isinstance(first, tuple | list) else first, x


def _of_tasks(argument, value, model):
    """Returns what `compile` is to get for the tasks of a model, of what may be a dict by task."""
    if not isinstance(value, dict):
        # Keras takes a list for one output.
        listed = model.keyed_by_task and "metrics" in argument and value is not None
        return {task: _fresh(value) for task in model.task_names} if listed else value
    if argument == "loss":
        for task in model.task_names:
            expect(task in value, "loss", f"a dict with an entry for the task {task}", sorted(value))
    own = {task: value[task] for task in model.task_names if task in value}
    if model.keyed_by_task:
        return own or None
    return own.get(model.task_names[0])


def _fresh(metrics):
    listed = metrics if isinstance(metrics, list | tuple) else [metrics]
    return [type(one).from_config(one.get_config()) if isinstance(one, keras.Metric) else one for one in listed]
