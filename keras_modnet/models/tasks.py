"""What a task owns on a bank: an ordering, norms of each step, a head."""

import keras

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers import ClassifierHead, GumbelRouter, MixtureRouter, StepNorms
from keras_modnet.layers.inner_names import inner_names_from
from keras_modnet.layers.values import value_of

TASK_PARTS = ("ordering", "norm", "statistics", "head")
# How many times as fast as other parameters the weights of a mixture learn; logits, which have to decide, learn faster.
MIXTURE_MULTIPLIER = 5.0


def task_specs(tasks, num_steps):
    """Returns `{name: {"num_classes": int, "num_steps": int, ...}}` from what `ModNet(tasks=...)` takes.

    Args:
        tasks: `{name: number of classes}` or `{name: {"num_classes": ..., "num_steps": ..., "class_names": ...,
            "mixed": ...}}`.
        num_steps: steps of a task that does not say.

    Raises:
        ValueError: no task, a name that is not a word, a count under one, class names that are not one text for each
            class, or a `mixed` that is neither True nor False.
    """
    expect(isinstance(tasks, dict) and tasks, "tasks", "a dict {name: number of classes} with at least one", tasks)
    specs = {}
    for name, task in tasks.items():
        expect_task_name(name)
        spec = dict(task) if isinstance(task, dict) else {"num_classes": task}
        known = set(spec) <= {"num_classes", "num_steps", "class_names", "mixed"} and "num_classes" in spec
        allowed = "a number of classes or a dict with num_classes and, if given, num_steps, class_names and mixed"
        expect(known, f"tasks[{name!r}]", allowed, task)
        spec = {"num_steps": num_steps} | spec
        expect_count(f"tasks[{name!r}] num_classes", spec["num_classes"])
        expect_count(f"tasks[{name!r}] num_steps", spec["num_steps"])
        _expect_class_names(f"tasks[{name!r}] class_names", spec.get("class_names"), spec["num_classes"])
        mixed = spec.get("mixed", False)
        expect(isinstance(mixed, bool), f"tasks[{name!r}] mixed", "True or False", mixed)
        specs[name] = spec
    return specs


def expect_task_name(name):
    """Raises `ValueError` unless `name` can be a key, part of a file name and of a tensor name."""
    valid = isinstance(name, str) and name.isidentifier()
    expect(valid, "name", "a task name of letters, digits and _, not starting with a digit", name)


def _expect_class_names(argument, names, num_classes):
    if names is None:
        return
    texts = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    received = f"{len(names)} of them" if texts else names
    expect(texts and len(names) == num_classes, argument, f"a list of {num_classes} texts, or None", received)


class TaskLayers(keras.layers.Layer):
    """The layers of one task, a container that the model calls part by part; made anew where the steps change.

    Args:
        num_steps: steps of the task.
        num_classes: classes of the task.
        bank: the built bank.
        norms: `{"norm": ..., "epsilon": ...}`, what `StepNorms` takes beside steps and places.
        head: `{"norm": ..., "activation": ..., "pool_first": ...}`, what `ClassifierHead` takes beside the classes.
        router: `{"temperature": ..., "straight_through": ..., "seed": ...}`.
        class_names: a text for each class, or None.
        mixed: whether the ordering is a mixture.

    Raises:
        ValueError: a mixture on a bank that mixes outputs.
    """

    def __init__(self, num_steps, num_classes, bank, norms, head, router, class_names=None, mixed=False, **kwargs):
        super().__init__(**kwargs)
        own = {"dtype": self.dtype_policy}
        self.num_steps, self.num_classes, self.mixed = num_steps, num_classes, mixed
        self.class_names = None if class_names is None else tuple(class_names)
        expect(
            not mixed or bank.mixing == "weights", "mixing", '"weights" for an ordering that is a mixture', bank.mixing
        )
        if mixed:
            router = {"sum_to_one": True, "multiplier": MIXTURE_MULTIPLIER, "seed": router["seed"]}
        make = MixtureRouter if mixed else GumbelRouter
        self.router = make(num_steps, bank.num_blocks, name="router", **router, **own)
        self.norms = StepNorms(num_steps, bank.norm_places, name="norms", **norms, **own)
        self.head = ClassifierHead(num_classes, name="head", **head, **own)

    def build(self, features_shape):
        """Makes all variables."""
        with inner_names_from("task"):
            self.router.build(None)
            self.norms.build(None)
            self.head.build(features_shape)

    def spec(self):
        """Returns what `ModNet(tasks=...)` takes for this task, as plain data; what need not be said is left out."""
        names = {} if self.class_names is None else {"class_names": list(self.class_names)}
        mixed = {"mixed": True} if self.mixed else {}
        return {"num_classes": self.num_classes, "num_steps": self.num_steps} | names | mixed

    @property
    def ordering_variable(self):
        """What of the ordering can train: logits, or the coefficients of a mixture, `(num_steps, num_blocks)`."""
        return self.router.coefficients if self.mixed else self.router.logits

    def variables_by_name(self):
        """Returns `{"ordering/logits": ..., "norm/norm1/scale": ..., "head/kernel": ...}`, stable names and order."""
        own = {f"ordering/{name}": variable for name, variable in self.router.variables_by_name().items()}
        own |= {f"norm/{name}": variable for name, variable in self.norms.variables_by_name().items()}
        return own | {f"head/{name}": variable for name, variable in self.head.variables_by_name().items()}

    def take_from(self, other, norm_steps):
        """Takes ordering and norms over from another task with the same bank; the head stays.

        Args:
            other: `TaskLayers`; its ordering is taken where it has as many steps, and both are mixtures or none is.
            norm_steps: for each of this task's steps the index of the other's step whose norms it copies.
        """
        if (other.num_steps, other.mixed) == (self.num_steps, self.mixed):
            theirs = other.router.variables_by_name()
            for name, variable in self.router.variables_by_name().items():
                copy_value(theirs[name], variable)
        self.norms.assign_rows(other.norms.take_steps(norm_steps))

    def take_head(self, other):
        """Takes the head over from another task with as many classes."""
        theirs = other.head.variables_by_name()
        for name, variable in self.head.variables_by_name().items():
            copy_value(theirs[name], variable)


def copy_value(source, target):
    """Copies a variable's value."""
    target.assign(value_of(source))


def nearest_steps(num_steps, others):
    """Returns for each of `num_steps` the step of a task with `others` steps at the same relative depth."""
    if num_steps == 1:
        return [0]
    return [round(step * (others - 1) / (num_steps - 1)) for step in range(num_steps)]
