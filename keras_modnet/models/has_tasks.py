"""The tasks of a model: add, remove, order, freeze."""

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.models import trainability
from keras_modnet.models.arguments import task_arguments
from keras_modnet.models.ordering import Ordering, as_ordering
from keras_modnet.models.report import TaskReport, task_report
from keras_modnet.models.running import ordering_of
from keras_modnet.models.task_io import load_task, save_task
from keras_modnet.models.task_layers import copy_values, make_router, nearest_steps
from keras_modnet.models.task_specs import expect_task_name, task_specs


class HasTasks:
    """Mixin of `ModNet`: tasks as keys."""

    def _layers_of(self, name):
        expect_one_of("task", name, self.task_names)
        return self.task_layers[name]

    @property
    def task_names(self):
        """Names of the tasks, in the order in which they were added."""
        return tuple(self.task_layers)

    @property
    def task_layers(self):
        """`{name: TaskLayers}`, in the order in which the tasks were added."""
        return self._tasks.by_name

    @property
    def default_task(self):
        """Name of the task that an array of images runs; set by assignment, and by nothing else.

        At first the first task. Kept in presets and `.keras` files. A default task that is removed makes way for the
        first of those that are left.
        """
        return self._default_task

    @default_task.setter
    def default_task(self, name):
        expect_one_of("default_task", name, self.task_names)
        self._default_task = name

    def expect_free(self, name):
        """Raises `ValueError` if a task has this name."""
        expect(name not in self.task_layers, "name", "the name of a new task", name)

    def num_classes(self, task):
        """Returns the number of classes of a task; None where it has none, and gives features."""
        return self._layers_of(task).num_classes

    @property
    def class_names(self):
        """`{task: tuple of the names of its classes, or None}`."""
        return {name: layers.class_names for name, layers in self.task_layers.items()}

    def add_task(
        self, name, num_classes, init_from=None, num_steps=None, class_names=None, pooling=None, own_norms=None
    ):
        """Adds a task: its own ordering, norms and head; what trains of the others stays as it is.

        Args:
            name: new name, letters, digits and _.
            num_classes: number of classes; the head starts fresh. None: the task has none, and gives features.
            init_from: task whose norms, and with as many steps whose ordering, the new one starts with; norms of
                another number of steps come from the step at the same relative depth, and no mixture is taken over.
                None starts with equal probabilities and fresh norms.
            num_steps: steps; default those of `init_from`, else the model's.
            class_names: a text for each class, or None.
            pooling: how the head pools, as in `layers.ClassifierHead`; default the model's.
            own_norms: whether the task has norms of its own in place of those that blocks carry, which start as the
                blocks'; default as `init_from` has it, else False.

        Returns:
            The task's `TaskModel`, `model.task(name)`.

        Raises:
            ValueError: the name is taken or not a word, `init_from` is unknown, a count is under one, or class names
                are not one text for each class.
        """
        expect_task_name(name)
        self.expect_free(name)
        source = None if init_from is None else self._layers_of(init_from)
        default_steps = self.default_steps if source is None else source.num_steps
        spec = {"num_classes": num_classes, "num_steps": default_steps if num_steps is None else num_steps}
        spec |= {"class_names": class_names} | ({} if pooling is None else {"pooling": pooling})
        spec |= {"own_norms": source is not None and source.own_norms if own_norms is None else own_norms}
        # A mixture of another number of steps could not be taken over.
        spec |= {"mixed": source is not None and source.mixed and source.num_steps == spec["num_steps"]}
        layers = self.make_task(name, **task_specs({name: spec}, default_steps)[name])
        layers.start_own_norms()
        if source is not None:
            layers.take_from(source, nearest_steps(layers.num_steps, source.num_steps))
        self.task_layers[name] = layers
        return self.task(name)

    def remove_task(self, name):
        """Removes a task and all that it owns; the last one cannot be removed."""
        self._layers_of(name)
        expect(len(self.task_layers) > 1, "name", "a task of a model that has another one", name)
        # `pop` and not `del`: Keras stops tracking the layers of what is popped.
        self.task_layers.pop(name)
        self._models.forget(name)
        if self._default_task == name:
            self._default_task = self.task_names[0]

    def copy_task(self, name, new_name):
        """Adds a task that equals another one, its head and what trains of it included.

        Args:
            name: name of the task to copy.
            new_name: name of the copy, letters, digits and _.

        Returns:
            The copy's `TaskModel`, `model.task(new_name)`.

        Raises:
            ValueError: an unknown task, or a new name that is taken or not a word.
        """
        old = self._layers_of(name)
        expect_task_name(new_name)
        self.expect_free(new_name)
        new = self.make_task(new_name, **old.spec())
        copy_values(old.variables_by_name(), new.variables_by_name())
        trainability.apply_task_states(new, trainability.task_states(old))
        self.task_layers[new_name] = new
        return self.task(new_name)

    def rename_task(self, name, new_name):
        """Gives a task another name; order, weights and what trains stay as they are. Arguments as `copy_task`.

        Models of the task that somebody holds go on under the old name.
        """
        own = self._layers_of(name)
        expect_task_name(new_name)
        self.expect_free(new_name)
        # A task that takes the old name has layers of the old name, and one model may run both.
        own.name = f"task_{new_name}"
        renamed = {new_name if task == name else task: layers for task, layers in self.task_layers.items()}
        self._tasks.replace(renamed)
        self._models.forget(name)
        if self._default_task == name:
            self._default_task = new_name

    def save_task(self, task, path, card=None, if_not_finite="refuse"):
        """Writes one task into one file of kilobytes; see `models.task_io.save_task`."""
        return save_task(self, task, path, card, if_not_finite)

    def load_task(self, path, name=None):
        """Adds the task of such a file, if it belongs to this bank; see `models.task_io.load_task`."""
        return load_task(self, path, name)

    def ordering(self, task):
        """Returns the task's `Ordering`: softmax of the logits, one-hot once hardened; or the mixture that it runs."""
        return ordering_of(self._layers_of(task))

    def set_ordering(self, task, ordering):
        """Gives a task an ordering; a hard one is fixed and drawn no more, a mixture runs as it is.

        Args:
            task: name of the task.
            ordering: `Ordering` or list of block indices. Norms follow `Ordering.norm_steps`; with a plain list each
                step keeps its norms, and steps beyond the former last one start with copies of that one's. A task's own
                norms in place of those that blocks carry start again as the block's where a step runs another block.

        Raises:
            ValueError: an unknown task, no steps, a block that the bank lacks, a mixture where the bank mixes outputs.
        """
        old = self._layers_of(task)
        plain = not isinstance(ordering, Ordering)
        ordering = as_ordering(ordering, self.bank.num_blocks)
        sources = [min(step, old.num_steps - 1) for step in ordering.norm_steps] if plain else ordering.norm_steps
        known = all(0 <= step < old.num_steps for step in sources)
        expect(known, "ordering", f"made from this task's {old.num_steps} steps", ordering)
        if (ordering.num_steps, ordering.mixed) == (old.num_steps, old.mixed):
            old.steps.reorder(ordering.weights, sources)
            return
        arguments = task_arguments(self._arguments)["router"]
        router = make_router(self.bank, ordering.num_steps, ordering.mixed, arguments, self.dtype_policy)
        with old.names_of_steps():
            router.build(None)
            router.set_weights_now(ordering.weights)
            old.steps.replace_router(router, sources)

    def set_own_norms(self, task, own=True):
        """Gives a task scales and offsets of its own at every step, in place of those that its blocks carry.

        Kinds such as "convnext" and "transformer" carry norms. A task's own ones start as those of the block that its
        step runs, so that the logits stay as they are; "norm" is what trains them.

        Args:
            task: name of the task.
            own: False takes them away: blocks then run with theirs.

        Raises:
            ValueError: an unknown task, or a kind whose blocks carry no norms.
        """
        layers = self._layers_of(task)
        with layers.names_of_steps():
            layers.steps.set_own_norms(own)

    def train_only(self, task, parts):
        """Freezes everything but some parts of one task; prints and returns the table of what trains.

        Args:
            task: name of the task.
            parts: any of "ordering", "norm" (scales and offsets, with statistics), "statistics" (moving statistics
                alone: no parameter), "head", "bank", "stem".

        Returns:
            `TrainableTable`, rows of parameters by part.

        Raises:
            ValueError: an unknown task or part.
        """
        self._layers_of(task)
        trainability.apply_part_states(self, trainability.states_for(self, task, parts))
        table = trainability.trainable_table(self, task)
        print(table)
        return table

    def task_report(self):
        """Returns the `TaskReport`: per task its ordering, steps, own parameters, multiply-adds, what trains."""
        return TaskReport(task_report(self, name) for name in self.task_names)
