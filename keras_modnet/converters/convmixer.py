"""ConvMixer: its published names, and what they are called here."""

from keras_modnet.converters.state_dict import stacked

ARGUMENTS = {"norm": "batch", "norm_epsilon": 1e-5, "pool_first": False}

# What torch's batch norm calls what a norm here has.
_NORM = {"scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var"}


def convert_convmixer(state, architecture):
    """Takes the tensors of a ConvMixer with the names that timm gives them.

    Args:
        state: the `StateDict`.
        architecture: the `Architecture`.

    Returns:
        `(arguments, shared, own)`: further arguments of `ModNet`, tensors of stem and bank, and those of the task.

    Reference:
        Trockman & Kolter 2022, "Patches are all you need?", arXiv 2201.09792.
    """
    width = architecture.width
    shared = {
        "stem/kernel": state.kernel("stem.0.weight", 3, width, architecture.patch_size),
        "stem/bias": state.vector("stem.0.bias", width),
    }
    shared |= {f"stem/output/{name}": array[None] for name, array in _norm(state, "stem.2", width).items()}
    indices = range(architecture.depth)
    blocks = [_block(state, f"blocks.{index}", architecture) for index in indices]
    norms = [_norms(state, f"blocks.{index}", width) for index in indices]
    shared |= {f"bank/{name}": array for name, array in stacked(blocks).items()}
    own = {f"norm/{name}": array for name, array in stacked(norms).items()}
    own |= {
        "head/kernel": state.matrix("head.weight", width, architecture.num_classes),
        "head/bias": state.vector("head.bias", architecture.num_classes),
    }
    return ARGUMENTS, shared, own


def _block(state, block, architecture):
    width = architecture.width
    return {
        "depthwise/kernel": state.depthwise(f"{block}.0.fn.0.weight", width, architecture.kernel_size),
        "depthwise/bias": state.vector(f"{block}.0.fn.0.bias", width),
        "pointwise/kernel": state.kernel(f"{block}.1.weight", width, width, 1),
        "pointwise/bias": state.vector(f"{block}.1.bias", width),
    }


def _norms(state, block, width):
    places = {"norm1": f"{block}.0.fn.2", "norm2": f"{block}.3"}
    return {
        f"{place}/{name}": array
        for place, published in places.items()
        for name, array in _norm(state, published, width).items()
    }


def _norm(state, published, width):
    # How many batches the statistics were gathered from.
    state.drop(f"{published}.num_batches_tracked")
    return {name: state.vector(f"{published}.{theirs}", width) for name, theirs in _NORM.items()}
