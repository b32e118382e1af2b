"""What the models of tasks have beside Keras's: data is checked, and compiled functions follow what they run."""

import inspect

import keras

from keras_modnet.checks import expect
from keras_modnet.data.epochs import with_epochs
from keras_modnet.data.expected import Expected
from keras_modnet.data.guarded import guarded, guarded_arrays
from keras_modnet.data.image_lists import is_path
from keras_modnet.data.keras_folders import names_of_folder, with_folders
from keras_modnet.data.resizing import Resizing
from keras_modnet.data.streams import cannot_be_shuffled
from keras_modnet.data.tensorflow_streams import reporting
from keras_modnet.layers.layer_dict import LayerDict
from keras_modnet.layers.replicas import compiles_for_tpu
from keras_modnet.models import trainability
from keras_modnet.models.report import SummarizesTasks
from keras_modnet.models.task_layers import deserialized
from keras_modnet.models.turns import alone_on

_FIT = inspect.signature(keras.Model.fit)
_EVALUATE = inspect.signature(keras.Model.evaluate)


class Traces:
    """What compiled functions were made from; a plain object, whose variables Keras does not track."""

    def __init__(self):
        self._made_from = {}

    def have_changed(self, function, variables, flags):
        """Returns whether a function was made from other variables or flags than these, and remembers these."""
        # The variables themselves, so that none of them is gone and its identity taken by another.
        former, self._made_from[function] = self._made_from.get(function), (variables, flags)
        if former is None or len(former[0]) != len(variables) or former[1] != flags:
            return True
        return any(old is not new for old, new in zip(former[0], variables, strict=True))


class ChecksItsData(SummarizesTasks):
    """Mixin in front of `keras.Model` of `TaskModel` and `JointModel`.

    Attributes:
        image_shape: `(height, width, channels)` of the images in pixels.
        resizing: how pictures of other sizes become such, as `ModNet` takes it.
        stem: the stem, shared by all tasks.
    """

    keyed_by_task = False

    def _keep(self, image_shape, stem, task_layers, options):
        self.image_shape, self.stem = tuple(image_shape), stem
        self.resizing = Resizing.of(options.pop("resizing", "stretch"), image_shape).argument()
        self._tasks = LayerDict(task_layers)
        self._traces = Traces()
        if "dtype" in options:
            self.dtype_policy = options.pop("dtype")
        if not options.pop("trainable", True):
            # Keras hands what is assigned on to all layers: True would let those train that are frozen.
            self.trainable = False
        expect(not options, "kwargs", "name, resizing, dtype or trainable", options)

    @property
    def task_layers(self):
        """`{name: TaskLayers}` of its tasks."""
        return self._tasks.by_name

    @property
    def task_names(self):
        """Names of its tasks."""
        return tuple(self.task_layers)

    @property
    def bank(self):
        """The bank, shared by all tasks."""
        return next(iter(self.task_layers.values())).bank

    def expected(self):
        """Returns the `Expected` data."""
        classes = {name: layers.num_classes for name, layers in self.task_layers.items()}
        names = {name: layers.class_names for name, layers in self.task_layers.items()}
        return Expected(self.image_shape, self.resizing, classes, self.keyed_by_task, names)

    def fit(self, *args, **kwargs):
        """As `keras.Model.fit`, on data that is checked; datasets with `set_epoch` are told which epoch they read.

        `x` and `validation_data` may be paths of folders with a folder of images for each class, which
        `data.image_folders.ImageFolder` reads: `batch_size` (32) and `validation_split` then hold for its images, and a
        task without class names gets those of the folders.

        Raises:
            ValueError: images of another shape or with NaN, labels outside the classes, other tasks, no data: of arrays
                before any step, of a stream at each batch. Nothing that trains, or something else than the optimizer
                was built for.
        """
        given = dict(_FIT.bind(self, *args, **kwargs).arguments)
        given.pop("self")
        self.expected().expect_classes()
        self._expect_optimizer_of_what_trains()
        given = with_folders(self.expected(), given)
        names = names_of_folder(given.get("x"))
        if names is not None or cannot_be_shuffled(given.get("x")):
            # A folder has its own order; of others Keras would warn of a default that nobody chose.
            given.setdefault("shuffle", False)
        given["callbacks"] = with_epochs(given.get("x"), given.get("callbacks"))
        given |= self._guarded(given)
        if given.get("validation_data") is not None:
            given["validation_data"] = _guarded_validation(self.expected(), given["validation_data"])
        with reporting(), alone_on(self.bank):
            history = super().fit(**given)
        for layers in self.task_layers.values():
            layers.class_names = names if layers.class_names is None else layers.class_names
        return history

    def evaluate(self, *args, **kwargs):
        """As `keras.Model.evaluate`, on data that is checked as in `fit`; `x` may be the path of a folder, too."""
        if "_use_cached_eval_dataset" in kwargs:
            # The validation of `fit`, which has checked its data.
            return super().evaluate(*args, **kwargs)
        given = dict(_EVALUATE.bind(self, *args, **kwargs).arguments)
        given |= given.pop("kwargs", {})
        given.pop("self")
        given = with_folders(self.expected(), given)
        given |= self._guarded(given)
        with reporting(), alone_on(self.bank):
            return super().evaluate(**given)

    def predict(self, x, *args, **kwargs):
        """As `keras.Model.predict`, on images that are checked as in `fit`."""
        expect(not is_path(x), "x", "images, or batches of them; `predict_images` takes a folder", str(x))
        checked = guarded(self.expected(), x, labelled=False)[0]
        with reporting(), alone_on(self.bank):
            return super().predict(checked, *args, **kwargs)

    def _guarded(self, given):
        names = ("x", "y", "sample_weight")
        checked = guarded(self.expected(), *(given.get(name) for name in names))
        return {name: value for name, value in zip(names, checked, strict=True) if value is not None}

    def train_on_batch(self, x, y=None, sample_weight=None, **kwargs):
        """As `keras.Model.train_on_batch`, on data that is checked as in `fit`."""
        self.expected().expect_classes()
        self._expect_optimizer_of_what_trains()
        checked = guarded_arrays(self.expected(), x, y, sample_weight)
        with alone_on(self.bank):
            return super().train_on_batch(*checked, **kwargs)

    def test_on_batch(self, x, y=None, sample_weight=None, **kwargs):
        """As `keras.Model.test_on_batch`, on data that is checked as in `fit`."""
        checked = guarded_arrays(self.expected(), x, y, sample_weight)
        with alone_on(self.bank):
            return super().test_on_batch(*checked, **kwargs)

    def predict_on_batch(self, x):
        """As `keras.Model.predict_on_batch`, on images that are checked as in `fit`."""
        checked = guarded_arrays(self.expected(), x, labelled=False)[0]
        with alone_on(self.bank):
            return super().predict_on_batch(checked)

    def make_train_function(self, force=False):
        """As Keras's; made anew where what it was made from has changed."""
        compiled = compiles_for_tpu(self) or (bool(self.jit_compile) and keras.backend.backend() == "tensorflow")
        for layers in self.task_layers.values():
            layers.steps.under_xla = compiled
        return super().make_train_function(force=force or self._has_changed("train"))

    def make_test_function(self, force=False):
        """As Keras's; made anew where what it was made from has changed."""
        return super().make_test_function(force=force or self._has_changed("test"))

    def make_predict_function(self, force=False):
        """As Keras's; made anew where what it was made from has changed."""
        return super().make_predict_function(force=force or self._has_changed("predict"))

    def _has_changed(self, function):
        states = [trainability.task_states(layers) for layers in self.task_layers.values()]
        return self._traces.have_changed(function, self.variables, (self.stem.trainable, self.bank.trainable, states))

    def _expect_optimizer_of_what_trains(self):
        variables = self.trainable_variables
        expect(variables, "parts", "trainable for at least one of the tasks in the batch", self.task_names)
        optimizer = getattr(self, "optimizer", None)
        if optimizer is not None and not knows(optimizer, variables):
            raise ValueError(
                f"What trains of {self.name!r} is not what its optimizer was built for. Expected `compile` with a new "
                "optimizer after `train_only` or `set_ordering`, and one for each task or set of tasks. Received "
                f"{len(variables)} trainable variables where the optimizer knows {len(known(optimizer))}."
            )

    def get_compile_config(self):
        """As Keras's; None where the optimizer was built for other variables than those that train now.

        `fit` would want a new `compile`, and so will it in the loaded model.
        """
        optimizer = getattr(self, "optimizer", None)
        if optimizer is not None and not knows(optimizer, self.trainable_variables):
            return None
        return super().get_compile_config()

    def get_config(self):
        """Returns the constructor's arguments; parts are the layers themselves, so that Keras sees what is shared."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "image_shape": list(self.image_shape),
            "resizing": self.resizing,
            "stem": self.stem,
            "task_layers": dict(self.task_layers),
            "trains": trainability.part_states(self),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the model from what `get_config` returned, serialized or not."""
        config = dict(config)
        trains = config.pop("trains")
        layers = {name: deserialized(part) for name, part in config["task_layers"].items()}
        dtype = deserialized(config["dtype"])
        model = cls(**(config | {"stem": deserialized(config["stem"]), "task_layers": layers, "dtype": dtype}))
        trainability.apply_part_states(model, trains)
        return model


def known(optimizer):
    """Returns the variables that a built optimizer was built for."""
    # Keras has no public name for them.
    return getattr(optimizer, "inner_optimizer", optimizer)._trainable_variables


def knows(optimizer, variables):
    """Returns whether an optimizer was built for these variables, or not built yet."""
    return not optimizer.built or {id(v) for v in variables} == {id(v) for v in known(optimizer)}


def _guarded_validation(expected, data):
    pair = isinstance(data, tuple | list) and 2 <= len(data) <= 3 and not isinstance(data[0], tuple)
    if not pair:
        return guarded(expected, data, argument="validation_data")[0]
    return guarded(expected, *data, argument="validation_data")[: len(data)]
