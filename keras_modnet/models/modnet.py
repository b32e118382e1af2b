"""The model: a stem, one bank, and for every task an ordering, norms and a head."""

import keras

from keras_modnet.checks import expect
from keras_modnet.layers import BlockBank
from keras_modnet.layers.layer_dict import LayerDict
from keras_modnet.layers.replicas import expect_strategy_that_fits, strategy_scope
from keras_modnet.models import trainability
from keras_modnet.models.arguments import NETWORK_ARGUMENTS, checked_model, make_stem, task_arguments
from keras_modnet.models.delegating import Delegates
from keras_modnet.models.has_tasks import HasTasks
from keras_modnet.models.preset_io import save_to_preset
from keras_modnet.models.report import SummarizesTasks
from keras_modnet.models.running import RunsOrderings
from keras_modnet.models.static import to_static, to_static_tasks
from keras_modnet.models.task_layers import make_task_layers


@keras.saving.register_keras_serializable(package="keras_modnet")
class ModNet(HasTasks, RunsOrderings, Delegates, SummarizesTasks, keras.Model):
    """A modular network: tasks run the blocks of one bank, each in its own order.

    Args:
        image_shape: `(height, width, channels)` of the images in pixels.
        tasks: `{name: number of classes}`, or `{name: {"num_classes": ..., "num_steps": ..., "class_names": [...],
            "mixed": ..., "pooling": ..., "own_norms": ...}}`, all but the first not needed. No classes (None): the task
            gives features. A `mixed` task has a mixture for its ordering; `pooling` and `own_norms`: see `add_task`.
        num_blocks: blocks in the bank.
        num_steps: steps of a task that does not say.
        width: channels of the features.
        patch_size: side of the stem's patches in pixels; divides height and width.
        resizing: how pictures of other sizes become such images, in training, `adapt_task`, `predict_images`, exports:
            `"stretch"`, `"pad"` (the aspect kept, the largest size that fits, zeros around it), `"crop"` (the aspect
            kept, the centre), or a dict such as `{"mode": "crop", "short_side": 256, "interpolation": "bicubic"}`; see
            `data.resizing.Resizing`.
        block: registered kind: `"basic"`, `"bottleneck"`, `"convnext"`, `"convmixer_7_relu"`, `"convmixer_9_gelu"`,
            `"transformer"` or one added by `layers.register_block`.
        norm: `"batch"`, `"group"` or `"layer"`; each (task, step) has its own.
        mixing: `"weights"` mixes kernels and runs one block; `"outputs"` runs all blocks and mixes results.
        unroll: True: every step has its own place in the graph; False: a loop that is traced once; None: a loop for
            tasks of many steps, but for JAX on a CPU. Equal numbers.
        temperature: start value of the routers' Gumbel-softmax temperature.
        straight_through: whether routers draw one-hot orderings in training.
        logits_multiplier: how many times faster than the optimizer's learning rate the routers' logits learn.
        entropy_weight: weight of the routers' loss that pushes each step to decide; see `GumbelRouter`.
        block_use_weight: weight of their loss that pushes against orderings that leave blocks unused.
        pixel_mean: pixel value, one number or one a channel, that the stem subtracts.
        pixel_std: pixel value, one number or one a channel, that the stem divides by.
        norm_epsilon: what the norms add to the variance; those that belong to a block have their own.
        pool_first: whether heads pool the features in front of their norm instead of behind it.
        pooling: how heads pool where a task does not say: "mean" of all positions, and where features are tokens
            "class_token", "patches" (their mean) or "class_token_and_patches"; None: the class token, else the mean.
        register_tokens: tokens of the stem between the class token and the patches, where features are tokens.
        stem_convolutions: 0: the stem embeds patches that do not overlap. Over 0: by so many 3 x 3 convolutions at each
            size, halving the size down to the features'; `patch_size` is then a power of two that divides `width`.
        seed: integer seed of the routers, or None.
        default_task: name of the task that an array of images runs; default the first one.

    Call arguments:
        images: `(batch, height, width, channels)` with values from 0 to 255, any dtype, for the default task; or a dict
            of them keyed by task.
        training: whether routers draw and statistics are gathered.

    Returns:
        Logits `(batch, num_classes)`, float32; for a dict a dict of logits keyed by task.

    Raises:
        ValueError: an argument outside its range, images of another shape, an unknown task.

    Reference:
        The idea: Zhmoginov, Bashkirova, Sandler 2021, "Compositional Models", arXiv 2107.10963.
    """

    def __init__(
        self,
        image_shape,
        tasks,
        num_blocks=4,
        num_steps=12,
        width=64,
        patch_size=4,
        resizing="stretch",
        block="basic",
        norm="batch",
        mixing="weights",
        unroll=None,
        temperature=1.0,
        straight_through=False,
        logits_multiplier=20.0,
        entropy_weight=0.0,
        block_use_weight=0.0,
        pixel_mean=127.5,
        pixel_std=127.5,
        norm_epsilon=1e-3,
        pool_first=False,
        pooling=None,
        register_tokens=0,
        stem_convolutions=0,
        seed=None,
        default_task=None,
        **kwargs,
    ):
        given = dict(locals())
        expect_strategy_that_fits()
        # Pixels reach the stem as they are: Keras would round them to half precision here.
        super().__init__(autocast=False, **kwargs)
        network = {name: given[name] for name in NETWORK_ARGUMENTS}
        self._arguments, specs, self._default_task = checked_model(network, tasks, default_task)
        self._build_parts(specs)

    def _build_parts(self, specs):
        arguments, own = self._arguments, {"dtype": self.dtype_policy}
        bank = [arguments[name] for name in ("num_blocks", "block", "mixing")]
        self.stem = make_stem(arguments, name="stem", **own)
        self.bank = BlockBank(*bank, name="bank", **own)
        self.stem.build((None, *self.image_shape))
        self._features_shape = self.stem.compute_output_shape((None, *self.image_shape))
        self.bank.build(self._features_shape)
        self._tasks = LayerDict({name: self.make_task(name, **spec) for name, spec in specs.items()})
        self.built = True

    @property
    def default_steps(self):
        """Steps of a task that does not say."""
        return self._arguments["num_steps"]

    def make_task(self, name, **spec):
        """Returns fresh `TaskLayers`, built, that belong to no task yet; `spec` as `task_specs` returns it."""
        own = {"name": f"task_{name}", "dtype": self.dtype_policy}
        with strategy_scope(self):
            return make_task_layers(self.bank, self._features_shape, spec, task_arguments(self._arguments), **own)

    def build(self, images_shape=None):
        """Does nothing: all variables are made by the constructor."""

    def call(self, images, training=None):
        """Runs the default task, or the tasks that are the keys of `images`."""
        if isinstance(images, dict):
            return {name: self._logits(name, batch, training) for name, batch in images.items()}
        return self._logits(self._default_task, images, training)

    def _logits(self, name, images, training):
        return self._layers_of(name)(self.stem(images, training=training), training=training)

    @property
    def image_shape(self):
        """`(height, width, channels)` of the images in pixels."""
        return self._arguments["image_shape"]

    @property
    def resizing(self):
        """How pictures of other sizes become the model's images, as the constructor takes it."""
        return self._arguments["resizing"]

    @property
    def features_shape(self):
        """`(height, width, channels)` of the features, the same at every step."""
        return tuple(self._features_shape[1:])

    def count_macs(self, task):
        """Returns multiply-adds of one image through the task with a hard ordering, norms not counted."""
        layers = self._layers_of(task)
        height, width, channels = self.features_shape
        steps = layers.num_steps * self.bank.macs_per_step(height, width)
        return self.stem.macs() + steps + layers.head.macs(channels)

    def shared_variables(self):
        """Returns those of `named_variables` that all tasks share: of stem and bank."""
        named = {f"stem/{name}": variable for name, variable in self.stem.variables_by_name().items()}
        return named | {f"bank/{name}": variable for name, variable in self.bank.stacked_weights.items()}

    def named_variables(self):
        """Returns `{"stem/kernel": variable, "bank/conv1/kernel": ..., "tasks/digits/head/bias": ...}`.

        The names are the package's own and stay the same between releases of Keras; presets store tensors under them.
        """
        named = self.shared_variables()
        for task, layers in self.task_layers.items():
            named |= {f"tasks/{task}/{name}": variable for name, variable in layers.variables_by_name().items()}
        return named

    def save(self, filepath, *args, **kwargs):
        """As `keras.Model.save`.

        Raises:
            ValueError: a task's head is quantized; no file is written then.
        """
        for layers in self.task_layers.values():
            layers.head.expect_not_quantized()
        return super().save(filepath, *args, **kwargs)

    def to_static(self, task, fold_norms=False):
        """Returns one task as a plain functional model of stock Keras layers with equal logits; see `models.static`."""
        return to_static(self, task, fold_norms)

    def to_static_tasks(self, tasks):
        """Returns several tasks as one such model, which computes once what they share; see `models.static`."""
        return to_static_tasks(self, tasks)

    def save_to_preset(self, folder, card=None, extra_files=None, if_not_finite="refuse"):
        """Writes the model as a preset folder that `from_preset` reads; see `models.preset_io.save_to_preset`."""
        return save_to_preset(self, folder, card, extra_files, if_not_finite)

    def compute_output_shape(self, images_shape):
        """Returns the shape of the logits, for a dict of shapes a dict."""
        if isinstance(images_shape, dict):
            return {name: self._output_shape(name, shape) for name, shape in images_shape.items()}
        return self._output_shape(self._default_task, images_shape)

    def _output_shape(self, name, images_shape):
        return self._layers_of(name).compute_output_shape((images_shape[0], *self.features_shape))

    def arguments(self):
        """Returns the constructor's arguments that make this network again, with the present tasks, as plain data."""
        tasks = {name: layers.spec() for name, layers in self.task_layers.items()}
        return self._arguments | {"tasks": tasks, "default_task": self._default_task}

    def compute_output_spec(self, images, training=None):
        """Raises `ValueError`: a model around this one would train tasks that it does not run."""
        expect(False, "layer", "a task in a model around it: `model.task(name)` or `model.joint(names)`", self)

    def get_config(self):
        """Returns the constructor's arguments with the present tasks, the default one, and what trains."""
        return super().get_config() | self.arguments() | {"trains": trainability.part_states(self)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the model from what `get_config` returned."""
        config = dict(config)
        trains = config.pop("trains", None)
        model = cls(**config)
        if trains is not None:
            trainability.apply_part_states(model, trains)
        return model
