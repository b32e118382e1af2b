"""The tasks of a model: add, select, remove, order, freeze."""

import contextlib

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.models import trainability
from keras_modnet.models.ordering import Ordering, as_ordering
from keras_modnet.models.report import TaskReport, task_report
from keras_modnet.models.task_io import load_task, save_task
from keras_modnet.models.tasks import copy_value, expect_task_name, nearest_steps, task_specs


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
    def selected_task(self):
        """Name of the task that an image tensor runs."""
        return self._selected

    def expect_free(self, name):
        """Raises `ValueError` if a task has this name."""
        expect(name not in self.task_layers, "name", "the name of a new task", name)

    def num_classes(self, task):
        """Returns the number of classes of a task."""
        return self._layers_of(task).num_classes

    @property
    def class_names(self):
        """`{task: tuple of the names of its classes, or None}`."""
        return {name: layers.class_names for name, layers in self.task_layers.items()}

    def select_task(self, name):
        """Makes `name` the task that an image tensor runs; what trains stays as it is."""
        self._layers_of(name)
        self.swap_functions(self._selected, name)
        self._selected = name

    @contextlib.contextmanager
    def use_task(self, name):
        """Selects a task for the length of a `with` block and goes back to the former one at its end."""
        former = self._selected
        self.select_task(name)
        try:
            yield self
        finally:
            self.select_task(former)

    def add_task(self, name, num_classes, init_from=None, num_steps=None, class_names=None):
        """Adds a task: its own ordering, norms and head; what trains of the others stays as it is.

        Args:
            name: new name, letters, digits and _.
            num_classes: number of classes; the head starts fresh.
            init_from: task whose norms, and with as many steps whose ordering, the new one starts with; norms of
                another number of steps come from the step at the same relative depth, and no mixture is taken over.
                None starts with equal probabilities and fresh norms.
            num_steps: steps; default those of `init_from`, else the model's.
            class_names: a text for each class, or None.

        Raises:
            ValueError: the name is taken or not a word, `init_from` is unknown, a count is under one, or class names
                are not one text for each class.
        """
        expect_task_name(name)
        self.expect_free(name)
        source = None if init_from is None else self._layers_of(init_from)
        default_steps = self.default_steps if source is None else source.num_steps
        spec = {"num_classes": num_classes, "num_steps": default_steps if num_steps is None else num_steps}
        spec |= {"class_names": class_names}
        # A mixture of another number of steps could not be taken over.
        spec |= {"mixed": source is not None and source.mixed and source.num_steps == spec["num_steps"]}
        layers = self.make_task(name, **task_specs({name: spec}, default_steps)[name])
        if source is not None:
            layers.take_from(source, nearest_steps(layers.num_steps, source.num_steps))
        # Functions of the other tasks stay: nothing that they run has changed.
        self.task_layers[name] = layers

    def remove_task(self, name):
        """Removes a task and all that it owns; the last one cannot be removed."""
        self._layers_of(name)
        expect(len(self.task_layers) > 1, "name", "a task of a model that has another one", name)
        # `pop` and not `del`: Keras stops tracking the layers of what is popped.
        self.task_layers.pop(name)
        self.forget_functions()
        if self._selected == name:
            self._selected = self.task_names[0]

    def copy_task(self, name, new_name):
        """Adds a task that equals another one, its head and what trains of it included.

        Args:
            name: name of the task to copy.
            new_name: name of the copy, letters, digits and _.

        Raises:
            ValueError: an unknown task, or a new name that is taken or not a word.
        """
        old = self._layers_of(name)
        expect_task_name(new_name)
        self.expect_free(new_name)
        self.task_layers[new_name] = self._copy_of(old, new_name)

    def rename_task(self, name, new_name):
        """Gives a task another name; order, selection and what trains stay as they are. Arguments as `copy_task`."""
        old = self._layers_of(name)
        expect_task_name(new_name)
        self.expect_free(new_name)
        new = self._copy_of(old, new_name)
        self._replace_tasks(
            {
                new_name if task == name else task: new if task == name else layers
                for task, layers in self.task_layers.items()
            }
        )
        if self._selected == name:
            self._selected = new_name

    def _copy_of(self, old, name):
        new = self.make_task(name, **old.spec())
        theirs = old.variables_by_name()
        for variable_name, variable in new.variables_by_name().items():
            copy_value(theirs[variable_name], variable)
        trainability.apply_task_states(new, trainability.task_states(old))
        return new

    def _replace_tasks(self, layers_by_name):
        # Taken out and put back, so that the tasks keep their order and Keras forgets the old layers.
        for name in list(self.task_layers):
            self.task_layers.pop(name)
        for name, layers in layers_by_name.items():
            self.task_layers[name] = layers
        self.forget_functions()

    def save_task(self, task, path, card=None):
        """Writes one task into one file of kilobytes; see `models.task_io.save_task`."""
        return save_task(self, task, path, card)

    def load_task(self, path, name=None):
        """Adds the task of such a file, if it belongs to this bank; see `models.task_io.load_task`."""
        return load_task(self, path, name)

    def ordering(self, task):
        """Returns the task's `Ordering`: softmax of the logits, one-hot once hardened; or the mixture that it runs."""
        layers = self._layers_of(task)
        return Ordering(layers.router.weights_now(), mixed=layers.mixed)

    def set_ordering(self, task, ordering):
        """Gives a task an ordering; a hard one is fixed and drawn no more, a mixture runs as it is.

        Args:
            task: name of the task.
            ordering: `Ordering` or list of block indices. Norms follow `Ordering.norm_steps`; with a plain list each
                step keeps its norms, and steps beyond the former last one start with copies of that one's.

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
            old.norms.assign_rows(old.norms.take_steps(sources))
        else:
            self._make_anew(task, sources, num_steps=ordering.num_steps, mixed=ordering.mixed)
        self.task_layers[task].router.set_weights_now(ordering.weights)

    def _make_anew(self, task, sources, **changed):
        old = self.task_layers[task]
        new = self.make_task(task, **old.spec() | changed)
        new.take_from(old, sources)
        new.take_head(old)
        trainability.apply_task_states(new, trainability.task_states(old))
        self._replace_tasks({name: new if name == task else layers for name, layers in self.task_layers.items()})

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
        self.forget_functions()
        table = trainability.trainable_table(self, task)
        print(table)
        return table

    def task_report(self):
        """Returns the `TaskReport`: per task its ordering, steps, own parameters, multiply-adds, what trains."""
        return TaskReport(task_report(self, name) for name in self.task_names)
