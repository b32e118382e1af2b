"""What a task owns on a bank, as one layer from features to logits: steps in its order, and a head."""

import contextlib

import keras

from keras_modnet.checks import expect
from keras_modnet.layers import ClassifierHead, GumbelRouter, MixtureRouter, OrderedSteps
from keras_modnet.layers.inner_names import inner_names_from
from keras_modnet.layers.own_norms import block_rows
from keras_modnet.layers.values import value_of

TASK_PARTS = ("ordering", "norm", "statistics", "head")
# How many times as fast as other parameters the weights of a mixture learn; logits, which have to decide, learn faster.
MIXTURE_MULTIPLIER = 5.0


@keras.saving.register_keras_serializable(package="keras_modnet")
class TaskLayers(keras.layers.Layer):
    """The steps and the head of one task.

    Args:
        steps: `OrderedSteps`: the bank that it shares with other tasks, its own router and norms.
        head: `ClassifierHead`.
        class_names: a text for each class, or None.

    Call arguments:
        features: `(batch, height, width, channels)`, what the stem returns.
        training: whether the router draws and statistics are gathered.

    Returns:
        Logits `(batch, num_classes)`, float32.
    """

    def __init__(self, steps, head, class_names=None, **kwargs):
        super().__init__(**kwargs)
        self.steps, self.head = steps, head
        self.class_names = None if class_names is None else tuple(class_names)

    def build(self, features_shape):
        """Makes all variables."""
        with inner_names_from("task"):
            if not self.steps.built:
                self.steps.build(features_shape)
            if not self.head.built:
                self.head.build(features_shape)

    @contextlib.contextmanager
    def names_of_steps(self):
        """Returns a context in which variables get the names that those of its steps have."""
        steps = self.steps.name
        with keras.name_scope(self.name), keras.name_scope(steps), inner_names_from(f"task/{steps}"):
            yield

    def call(self, features, training=None):
        """Runs the steps and classifies."""
        return self.head(self.steps(features, training=training), training=training)

    @property
    def bank(self):
        """The bank."""
        return self.steps.bank

    @property
    def router(self):
        """The router; another object after `set_ordering` with other steps."""
        return self.steps.router

    @property
    def norms(self):
        """The norms of all steps; likewise."""
        return self.steps.norms

    @property
    def num_steps(self):
        """Number of steps."""
        return self.steps.num_steps

    @property
    def num_classes(self):
        """Number of classes."""
        return self.head.num_classes

    @property
    def mixed(self):
        """Whether the ordering is a mixture."""
        return isinstance(self.router, MixtureRouter)

    @property
    def own_norms(self):
        """Whether the steps have norms of their own in place of those that blocks carry."""
        return self.steps.own_norms

    @property
    def ordering_variable(self):
        """What of the ordering can train: logits, or the coefficients of a mixture, `(num_steps, num_blocks)`."""
        return self.router.coefficients if self.mixed else self.router.logits

    @property
    def own_variables(self):
        """Variables of router, norms and head, which no other task has."""
        return [*self.router.variables, *self.norms.variables, *self.head.variables]

    def spec(self):
        """Returns what `ModNet(tasks=...)` takes for this task, as plain data; what need not be said is left out."""
        spec = {"num_classes": self.num_classes, "num_steps": self.num_steps}
        spec |= {} if self.class_names is None else {"class_names": list(self.class_names)}
        # Features that are no tokens have one pooling.
        spec |= {"pooling": self.head.pooling} if self.bank.kind.tokens else {}
        return spec | {name: True for name in ("mixed", "own_norms") if getattr(self, name)}

    def variables_by_name(self):
        """Returns `{"ordering/logits": ..., "norm/norm1/scale": ..., "head/kernel": ...}`, stable names and order.

        Raises:
            ValueError: the head is quantized: its kernel has no values without its scale.
        """
        own = {f"ordering/{name}": variable for name, variable in self.router.variables_by_name().items()}
        own |= {f"norm/{name}": variable for name, variable in self.norms.variables_by_name().items()}
        return own | {f"head/{name}": variable for name, variable in self.head.variables_by_name().items()}

    def take_from(self, other, norm_steps):
        """Takes ordering and norms over from another task with the same bank; the head's dense layer stays.

        Args:
            other: `TaskLayers`; its ordering is taken where it has as many steps, and both are mixtures or none is. A
                head's norm that has no statistics comes along: it belongs to the features, and not to the classes.
            norm_steps: for each of this task's steps the index of the other's step whose norms it copies; norms that
                the other does not have start as those of this task's blocks.
        """
        if (other.num_steps, other.mixed) == (self.num_steps, self.mixed):
            copy_values(other.router.variables_by_name(), self.router.variables_by_name())
        rows, own = other.norms.take_steps(norm_steps), self.norms.variables_by_name()
        if self.own_norms and not other.own_norms:
            rows |= block_rows(self.bank, self.router.weights_now())
        self.norms.assign_rows({name: rows[name] for name in own})
        norms = self.head.norms
        if norms is not None and norms.norm != "batch":
            copy_values(other.head.norms.variables_by_name(), norms.variables_by_name())

    def start_own_norms(self):
        """Lets norms of the task's own, where it has them, start as those of the blocks that its steps run."""
        if self.own_norms:
            rows = self.norms.take_steps(range(self.num_steps))
            self.norms.assign_rows(rows | block_rows(self.bank, self.router.weights_now()))

    def take_head(self, other):
        """Takes the head over from another task with as many classes."""
        copy_values(other.head.variables_by_name(), self.head.variables_by_name())

    def compute_output_shape(self, features_shape):
        """Returns `(batch, num_classes)`; without classes `(batch, pooled channels)`."""
        return self.head.compute_output_shape(features_shape)

    def compute_output_spec(self, features, training=None):
        """Returns the spec of the logits; float32 under every dtype policy."""
        return keras.KerasTensor(self.compute_output_shape(features.shape), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments; the parts are the layers themselves, as in `OrderedSteps`."""
        names = None if self.class_names is None else list(self.class_names)
        return super().get_config() | {"steps": self.steps, "head": self.head, "class_names": names}

    @classmethod
    def from_config(cls, config):
        """Makes the layer again, from serialized parts or from the layers themselves."""
        return cls(**(config | {name: deserialized(config[name]) for name in ("steps", "head")}))


def make_task_layers(bank, features_shape, spec, parts, **layer):
    """Returns built `TaskLayers` on a bank.

    Args:
        bank: the built bank.
        features_shape: `(None, height, width, channels)`.
        spec: `{"num_classes": int, "num_steps": int, "class_names": ..., "mixed": ..., "pooling": ..., "own_norms":
            ...}`, those behind the second not needed.
        parts: `{"router": {...}, "steps": {...}, "head": {...}}`: further arguments of each.
        **layer: name and dtype.

    Raises:
        ValueError: a mixture on a bank that mixes outputs; norms of its own where blocks carry none; a pooling of
            tokens where there are none.
    """
    own = {"dtype": layer["dtype"]}
    head = parts["head"] | ({"pooling": spec["pooling"]} if spec.get("pooling") is not None else {})
    of_all = bank.kind.tokens or head["pooling"] == "mean"
    expect(of_all, "pooling", f'"mean", as a bank of the kind {bank.block!r} has no tokens', head["pooling"])
    router = make_router(bank, spec["num_steps"], spec.get("mixed", False), parts["router"], own["dtype"])
    steps = OrderedSteps(bank, router, name="steps", own_norms=spec.get("own_norms", False), **parts["steps"], **own)
    head = ClassifierHead(spec["num_classes"], name="head", **head, **own)
    layers = TaskLayers(steps, head, spec.get("class_names"), **layer)
    layers.build(features_shape)
    return layers


def make_router(bank, num_steps, mixed, arguments, dtype):
    """Returns a `GumbelRouter`, or a `MixtureRouter` for a mixture, not built yet.

    Args:
        bank: the bank that it chooses from.
        num_steps: steps.
        mixed: whether the ordering is a mixture.
        arguments: of the `GumbelRouter`.
        dtype: dtype policy.

    Raises:
        ValueError: a mixture on a bank that mixes outputs.
    """
    mixes_weights = not mixed or bank.mixing == "weights"
    expect(mixes_weights, "mixing", '"weights" for an ordering that is a mixture', bank.mixing)
    if mixed:
        arguments = {"sum_to_one": True, "multiplier": MIXTURE_MULTIPLIER, "seed": arguments["seed"]}
    make = MixtureRouter if mixed else GumbelRouter
    return make(num_steps, bank.num_blocks, name="router", dtype=dtype, **arguments)


def deserialized(part):
    """Returns a layer, from its serialized form or as it is."""
    return keras.saving.deserialize_keras_object(part) if isinstance(part, dict) else part


def copy_values(sources, targets):
    """Copies the values of variables to those of the same name."""
    for name, variable in targets.items():
        variable.assign(value_of(sources[name]))


def nearest_steps(num_steps, others):
    """Returns for each of `num_steps` the step of a task with `others` steps at the same relative depth."""
    if num_steps == 1:
        return [0]
    return [round(step * (others - 1) / (num_steps - 1)) for step in range(num_steps)]
