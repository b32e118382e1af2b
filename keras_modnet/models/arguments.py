"""Arguments of a `ModNet`: checked, and handed on to its parts."""

from keras_modnet.checks import expect_one_of
from keras_modnet.data.resizing import Resizing
from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.stem import IsometricStem
from keras_modnet.layers.token_stem import TokenStem
from keras_modnet.models.expected_tensors import pooling_of
from keras_modnet.models.network_checks import check_network, expect_task_fits
from keras_modnet.models.task_specs import task_specs

ROUTER_ARGUMENTS = (
    "temperature",
    "straight_through",
    "logits_multiplier",
    "entropy_weight",
    "block_use_weight",
    "seed",
)
# Of `ModNet`, without its tasks.
NETWORK_ARGUMENTS = (
    *("image_shape", "resizing", "num_blocks", "num_steps", "width", "patch_size", "block", "norm", "mixing", "unroll"),
    *("temperature", "straight_through", "logits_multiplier", "entropy_weight", "block_use_weight"),
    *("pixel_mean", "pixel_std", "norm_epsilon", "pool_first", "pooling", "register_tokens"),
    *("stem_convolutions", "seed"),
)


def checked_model(arguments, tasks, default_task):
    """Returns all arguments of a `ModNet` as plain data, once all of them are checked; nothing is made for it.

    Args:
        arguments: arguments of `ModNet` by name, without the two others.
        tasks: as `ModNet` takes them.
        default_task: likewise.

    Returns:
        `(arguments, specs, default_task)`: what JSON can hold; `specs` as `task_specs` returns them.

    Raises:
        ValueError: one that a model cannot have; the argument is named.
    """
    arguments = {name: _plain(value) for name, value in arguments.items()}
    check_network(arguments)
    specs = task_specs(tasks, arguments["num_steps"])
    for name, spec in specs.items():
        expect_task_fits(f"tasks[{name!r}]", spec, arguments)
    default_task = next(iter(specs)) if default_task is None else default_task
    expect_one_of("default_task", default_task, tuple(specs))
    shape = tuple(arguments["image_shape"])
    resizing = Resizing.of(arguments["resizing"], shape).argument()
    return arguments | {"image_shape": shape, "resizing": resizing}, specs, str(default_task)


def make_stem(arguments, **layer):
    """Returns the stem, not built: of tokens a `TokenStem`, else an `IsometricStem`.

    Args:
        arguments: what `checked_model` returned.
        **layer: name and dtype.
    """
    kind, images = block_kind(arguments["block"]), _image_arguments(arguments)
    if kind.tokens:
        return TokenStem(**images, register_tokens=arguments["register_tokens"], **layer)
    # It ends as the blocks do where they hand on normalized features.
    activation = kind.stem_activation
    norm = None if activation is None else arguments["norm"]
    norms = {"norm": norm, "epsilon": arguments["norm_epsilon"], "hidden_norm": arguments["norm"]}
    convolutions = arguments["stem_convolutions"]
    return IsometricStem(**images, activation=activation, convolutions=convolutions, **norms, **layer)


def _image_arguments(arguments):
    return {
        "width": arguments["width"],
        "patch_size": arguments["patch_size"],
        "mean": arguments["pixel_mean"],
        "std": arguments["pixel_std"],
    }


def task_arguments(arguments):
    """Returns what `make_task_layers` hands on to the router, the steps and the head of a task."""
    kind, norm = block_kind(arguments["block"]), arguments["norm"]
    epsilon = arguments["norm_epsilon"]
    return {
        "router": {name: arguments[name] for name in ROUTER_ARGUMENTS},
        "steps": {"norm": norm, "norm_epsilon": epsilon, "unroll": arguments["unroll"]},
        "head": {
            "norm": norm if kind.stem_activation is None else None,
            "activation": kind.output_activation,
            "pool_first": arguments["pool_first"],
            "epsilon": epsilon,
            "pooling": pooling_of(arguments, {}),
            "tokens_in_front": 1 + arguments["register_tokens"],
        },
    }


def _plain(value):
    """Returns plain data, which JSON can hold: NumPy's numbers and arrays become Python's."""
    if isinstance(value, list | tuple):
        return type(value)(_plain(one) for one in value) if type(value) in (list, tuple) else value
    return value.tolist() if hasattr(value, "tolist") else value
