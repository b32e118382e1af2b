"""ConvMixer: its published names, and what they are called here."""

import dataclasses

from keras_modnet.converters.architecture import Architecture
from keras_modnet.converters.state_dict import stacked

# What torch's batch norm calls what a norm here has.
_NORM = {"scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ConvMixer(Architecture):
    """A ConvMixer with the names that timm gives its tensors.

    Attributes:
        kernel_size: side of the depthwise kernels.
        activation: Keras activation. With the kernel's size it names the kind of the blocks.

    Reference:
        Trockman & Kolter 2022, "Patches are all you need?", arXiv 2201.09792.
    """

    kernel_size: int
    activation: str

    family = "convmixer"

    @property
    def block(self):
        """Kind of the blocks."""
        return f"convmixer_{self.kernel_size}_{self.activation}"

    def _further_arguments(self):
        return {"norm": "batch", "norm_epsilon": 1e-5, "pool_first": False}

    def take_tensors(self, state, image_size):
        """Takes the tensors; a map of any size has the same."""
        width = self.width
        shared = {
            "stem/kernel": state.kernel("stem.0.weight", 3, width, self.patch_size),
            "stem/bias": state.vector("stem.0.bias", width),
        }
        shared |= {f"stem/output/{name}": array[None] for name, array in _norm(state, "stem.2", width).items()}
        indices = range(self.depth)
        blocks = [self._take_block(state, f"blocks.{index}") for index in indices]
        norms = [_norms(state, f"blocks.{index}", width) for index in indices]
        shared |= {f"bank/{name}": array for name, array in stacked(blocks).items()}
        own = {f"norm/{name}": array for name, array in stacked(norms).items()}
        own |= {
            "head/kernel": state.matrix("head.weight", width, self.num_classes),
            "head/bias": state.vector("head.bias", self.num_classes),
        }
        return shared, own

    def _take_block(self, state, block):
        width = self.width
        return {
            "depthwise/kernel": state.depthwise(f"{block}.0.fn.0.weight", width, self.kernel_size),
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
    take = {name: state.variance if name == "variance" else state.vector for name in _NORM}
    return {name: take[name](f"{published}.{theirs}", width) for name, theirs in _NORM.items()}
