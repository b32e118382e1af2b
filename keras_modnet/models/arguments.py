"""Arguments of a `ModNet`: checked, and handed on to its parts."""

import numbers

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.head import POOLINGS
from keras_modnet.layers.stem import IsometricStem
from keras_modnet.layers.step_norms import NORMS
from keras_modnet.layers.token_stem import TokenStem, expect_register_tokens

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
    *("image_shape", "num_blocks", "num_steps", "width", "patch_size", "block", "norm", "mixing", "unroll"),
    *("temperature", "straight_through", "logits_multiplier", "entropy_weight", "block_use_weight"),
    *("pixel_mean", "pixel_std", "norm_epsilon", "pool_first", "pooling", "register_tokens", "seed"),
)


def checked_arguments(arguments):
    """Returns arguments as plain data, once what no part of the model checks itself is checked.

    Args:
        arguments: arguments of `ModNet` by name, without the tasks.

    Raises:
        ValueError: one that a model cannot have.
    """
    arguments = _plain_values(arguments)
    image_shape, patch_size = arguments["image_shape"], arguments["patch_size"]
    shape_ok = len(image_shape) == 3 and all(isinstance(side, int) and side > 0 for side in image_shape)
    expect(shape_ok, "image_shape", "(height, width, channels), positive whole numbers", image_shape)
    expect_count("patch_size", patch_size)
    divisible = all(side % patch_size == 0 for side in image_shape[:2])
    expect(divisible, "image_shape", f"of sides that patch_size={patch_size} divides", image_shape)
    expect_count("num_steps", arguments["num_steps"])
    expect_one_of("norm", arguments["norm"], NORMS)
    epsilon, pool_first = arguments["norm_epsilon"], arguments["pool_first"]
    expect(isinstance(epsilon, int | float) and epsilon > 0, "norm_epsilon", "a number over 0", epsilon)
    expect(isinstance(pool_first, bool), "pool_first", "True or False", pool_first)
    if arguments["pooling"] is not None:
        expect_one_of("pooling", arguments["pooling"], POOLINGS)
    registers, kind = arguments["register_tokens"], block_kind(arguments["block"])
    expect_register_tokens(registers)
    expect(
        kind.tokens or not registers, "register_tokens", f"0, as the kind {arguments['block']!r} has none", registers
    )
    return arguments


def make_stem(arguments, **layer):
    """Returns the stem, not built: of tokens a `TokenStem`, else an `IsometricStem`.

    Args:
        arguments: what `checked_arguments` returned.
        **layer: name and dtype.
    """
    kind, images = block_kind(arguments["block"]), _image_arguments(arguments)
    if kind.tokens:
        return TokenStem(**images, register_tokens=arguments["register_tokens"], **layer)
    # It ends as the blocks do where they hand on normalized features.
    activation = kind.stem_activation
    norm = None if activation is None else arguments["norm"]
    return IsometricStem(**images, activation=activation, norm=norm, epsilon=arguments["norm_epsilon"], **layer)


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
            "pooling": arguments["pooling"] or ("class_token" if kind.tokens else "mean"),
            "tokens_in_front": 1 + arguments["register_tokens"],
        },
    }


def _plain_values(arguments):
    """Returns arguments as plain data, which JSON can hold: NumPy's numbers and arrays become Python's."""
    plain = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in arguments.items()}
    side = plain["image_shape"]
    listed = isinstance(side, list | tuple)
    expect(listed, "image_shape", "(height, width, channels), positive whole numbers", side)
    return plain | {"image_shape": tuple(int(n) if isinstance(n, numbers.Integral) else n for n in side)}
