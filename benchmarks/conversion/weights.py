"""Random weights under the published names, in NumPy: what a checkpoint would hold."""

import numpy as np

from benchmarks.conversion.transformer_weights import transformer_shapes

# Pieces of names of what is added to patches, or stands beside them.
_TOKENS = ("token", "pos_embed")


def published_shapes(architecture):
    """Returns `{name: shape}` of all tensors of a published network.

    Args:
        architecture: a `keras_modnet.converters.Architecture`.
    """
    families = {"convnext": _convnext_shapes, "convmixer": _convmixer_shapes, "vision_transformer": transformer_shapes}
    classes, width = architecture.num_classes, architecture.width
    head = {} if classes is None else {"head.weight": (classes, width), "head.bias": (classes,)}
    return families[architecture.family](architecture) | head


def _convnext_shapes(architecture):
    width, size, patch = architecture.width, architecture.kernel_size, architecture.patch_size
    block = {
        "dwconv.weight": (width, 1, size, size),
        "dwconv.bias": (width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
        "pwconv1.weight": (4 * width, width),
        "pwconv1.bias": (4 * width,),
        "pwconv2.weight": (width, 4 * width),
        "pwconv2.bias": (width,),
    }
    stem = {"stem.weight": (width, 3, patch, patch), "stem.bias": (width,)}
    return stem | _in_blocks(block, architecture.depth) | {"norm.weight": (width,), "norm.bias": (width,)}


def _convmixer_shapes(architecture):
    width, size, patch = architecture.width, architecture.kernel_size, architecture.patch_size
    block = {"0.fn.0.weight": (width, 1, size, size), "0.fn.0.bias": (width,), **_batch_norm("0.fn.2", width)}
    block |= {"1.weight": (width, width, 1, 1), "1.bias": (width,), **_batch_norm("3", width)}
    stem = {"stem.0.weight": (width, 3, patch, patch), "stem.0.bias": (width,), **_batch_norm("stem.2", width)}
    return stem | _in_blocks(block, architecture.depth)


def _in_blocks(shapes, depth):
    return {f"blocks.{index}.{name}": shape for index in range(depth) for name, shape in shapes.items()}


def _batch_norm(name, width):
    vectors = {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}
    return vectors | {f"{name}.num_batches_tracked": ()}


def random_weights(architecture, seed):
    """Returns `{name: array}` under which features keep about their size from block to block.

    Args:
        architecture: a `keras_modnet.converters.Architecture`.
        seed: fixes the numbers.
    """
    generator = np.random.default_rng(seed)
    return {name: _draw(generator, name, shape) for name, shape in published_shapes(architecture).items()}


def _draw(generator, name, shape):
    if name.endswith("num_batches_tracked"):
        return np.array(1, "int64")
    if any(piece in name for piece in _TOKENS):
        return generator.normal(0, 0.2, shape).astype("float32")
    if len(shape) > 1:
        return generator.normal(0, np.prod(shape[1:]) ** -0.5, shape).astype("float32")
    if name.endswith("running_var"):
        # About what an activated convolution of features of variance one has; where a sum is in front of it, more.
        low, high = (1.8, 2.4) if name.endswith(".3.running_var") else (0.3, 0.6)
        return generator.uniform(low, high, shape).astype("float32")
    if name.endswith(("weight", "gamma")):
        return generator.uniform(0.5, 1.5, shape).astype("float32")
    return generator.normal(0.2, 0.2, shape).astype("float32")
