"""What the arguments of a network have to be, for its constructor and for a file that names them."""

from keras_modnet.checks import expect, expect_bool, expect_count, expect_number, expect_one_of
from keras_modnet.data.resizing import Resizing
from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.head import POOLINGS
from keras_modnet.layers.mixing import MIXINGS
from keras_modnet.layers.overlapping import convolution_channels
from keras_modnet.layers.stages import BlockLayerNorm
from keras_modnet.layers.step_norms import NORMS
from keras_modnet.layers.token_stem import expect_register_tokens
from keras_modnet.models.expected_tensors import pooling_of

MAX_SIDE = 2**20
"""Largest side of an image in pixels, and most channels: products of such stay whole numbers of 64 bits."""

MAX_MEANS = 4096
"""Most channels that have a mean and a deviation each."""

MAX_CONVOLUTIONS = 8
"""Most overlapping convolutions at each size of a stem: published stems have one or two."""

MAX_SEED = 2**32 - 1
"""Largest seed that a generator takes on every backend."""


def check_network(arguments):
    """Raises `ValueError`, which names the argument, where a network cannot have it.

    Args:
        arguments: arguments of `ModNet` by name, plain data, without its tasks.
    """
    for name in ("num_blocks", "num_steps", "width", "patch_size"):
        expect_count(name, arguments[name])
    _check_images(arguments)
    for name, choices in (("norm", NORMS), ("mixing", MIXINGS)):
        expect_one_of(name, arguments[name], choices)
    for name in ("temperature", "logits_multiplier", "norm_epsilon"):
        expect_number(name, arguments[name], above=0)
    for name in ("entropy_weight", "block_use_weight"):
        expect_number(name, arguments[name], minimum=0)
    for name in ("straight_through", "pool_first"):
        expect_bool(name, arguments[name])
    unroll, seed = arguments["unroll"], arguments["seed"]
    expect(unroll is None or isinstance(unroll, bool), "unroll", "True, False or None", unroll)
    if seed is not None:
        expect_count("seed", seed, minimum=0, maximum=MAX_SEED)
    _check_kind(arguments)


def expect_task_fits(argument, spec, arguments):
    """Raises `ValueError` where a network cannot have a task.

    Args:
        argument: what to call the task.
        spec: the task's as `task_specs.task_specs` returns it.
        arguments: the network's, checked.
    """
    kind, pooling = block_kind(arguments["block"]), pooling_of(arguments, spec)
    of_all = kind.tokens or pooling == "mean"
    expect(of_all, f"{argument} pooling", f'"mean", as a bank of the kind {kind.name!r} has no tokens', pooling)
    mixes_weights = not spec.get("mixed") or arguments["mixing"] == "weights"
    mixing = '"weights" for an ordering that is a mixture'
    expect(mixes_weights, "mixing", f"{mixing}, as that of {argument}", arguments["mixing"])
    carries = any(isinstance(stage, BlockLayerNorm) for stage in kind.stages(arguments["width"]))
    carried = "False for a kind whose blocks carry no norms: its norms are the task's"
    expect(carries or not spec.get("own_norms"), f"{argument} own_norms", carried, spec.get("own_norms"))


def _check_images(arguments):
    shape, patch_size = arguments["image_shape"], arguments["patch_size"]
    sides = f"(height, width, channels), positive whole numbers of at most {MAX_SIDE}"
    listed = isinstance(shape, list | tuple) and len(shape) == 3
    whole = listed and all(isinstance(side, int) and not isinstance(side, bool) for side in shape)
    expect(whole and all(0 < side <= MAX_SIDE for side in shape), "image_shape", sides, shape)
    divisible = all(side % patch_size == 0 for side in shape[:2])
    expect(divisible, "image_shape", f"of sides that patch_size={patch_size} divides", shape)
    Resizing.of(arguments["resizing"], shape)
    expect_count("stem_convolutions", arguments["stem_convolutions"], minimum=0, maximum=MAX_CONVOLUTIONS)
    if arguments["stem_convolutions"]:
        convolution_channels(*(arguments[name] for name in ("width", "patch_size", "stem_convolutions")))
    for name, limits in (("pixel_mean", {}), ("pixel_std", {"above": 0})):
        values = arguments[name]
        if isinstance(values, list | tuple):
            one_each = f"one number, or one for each of {shape[-1]} channels, which are at most {MAX_MEANS}"
            expect(len(values) == shape[-1] <= MAX_MEANS, name, one_each, values)
        for value in values if isinstance(values, list | tuple) else [values]:
            expect_number(name, value, **limits)


def _check_kind(arguments):
    kind, pooling = block_kind(arguments["block"]), arguments["pooling"]
    # A kind refuses what its blocks cannot be built with.
    kind.stages(arguments["width"])
    registers = arguments["register_tokens"]
    expect_register_tokens(registers)
    patches = f"0, as the kind {kind.name!r} has patches that do not overlap"
    convolutions = arguments["stem_convolutions"]
    expect(not (kind.tokens and convolutions), "stem_convolutions", patches, convolutions)
    none = f"0, as the kind {kind.name!r} has none"
    expect(kind.tokens or not registers, "register_tokens", none, registers)
    if pooling is not None:
        expect_one_of("pooling", pooling, POOLINGS)
        tokens = f'"mean" or None, as a bank of the kind {kind.name!r} has no tokens'
        expect(kind.tokens or pooling == "mean", "pooling", tokens, pooling)
