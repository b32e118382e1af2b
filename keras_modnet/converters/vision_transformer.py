"""Vision transformers, DINOv2's among them: their published tensors, and what they are called here."""

import dataclasses

import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.converters.architecture import Architecture
from keras_modnet.converters.state_dict import stacked
from keras_modnet.converters.transformer_layouts import find_layout

HEAD_SIZE = 64
PROJECTIONS = ("query", "key", "value")
# Of new tasks, and of the features where there are no classes.
POOLING = "class_token_and_patches"


@dataclasses.dataclass(frozen=True, kw_only=True)
class VisionTransformer(Architecture):
    """A vision transformer of pre-norm blocks whose heads have 64 channels.

    Its layout is told from the names in the file: that of timm and DeiT, of DINOv2's repository, or of transformers.

    Attributes:
        num_classes: number of logits, or None: the network gives features, and its one task is called "features".
        register_tokens: tokens beside class token and patches.

    Raises:
        ValueError: not one name for each class, or a width that is no multiple of 64.

    Reference:
        Dosovitskiy et al. 2021, "An image is worth 16x16 words", arXiv 2010.11929; AugReg: Steiner et al. 2021,
        arXiv 2106.10270; DeiT: Touvron et al. 2021, arXiv 2012.12877; DINOv2: Oquab et al. 2023, arXiv 2304.07193;
        registers: Darcet et al. 2023, arXiv 2309.16588.
    """

    register_tokens: int = 0

    family = "vision_transformer"
    block = "transformer"

    def __post_init__(self):
        """Checks what no part of a model would."""
        expect(self.width % HEAD_SIZE == 0, "width", f"a multiple of {HEAD_SIZE}, the channels of a head", self.width)
        expect_count("register_tokens", self.register_tokens, minimum=0)
        if self.num_classes is not None:
            super().__post_init__()
        else:
            expect(self.class_names is None, "class_names", "None where there are no classes", self.class_names)

    @property
    def task(self):
        """Name of the one task: "imagenet", or "features" where there are no classes."""
        return "features" if self.num_classes is None else super().task

    def _task_arguments(self):
        if self.num_classes is None:
            return {"pooling": POOLING}
        return super()._task_arguments() | {"pooling": "class_token"}

    def _further_arguments(self):
        arguments = {"norm": "layer", "norm_epsilon": 1e-6, "pool_first": False}
        return arguments | {"register_tokens": self.register_tokens, "pooling": POOLING}

    def take_tensors(self, state, image_size):
        """Takes the tensors; positions are interpolated to the grid of the images, as the published code does it."""
        layout, width = find_layout(state), self.width
        shared = self._take_stem(state, layout, image_size)
        # Networks that were trained without the factors have none, in no block.
        scaled = state.has(layout.block.format(0) + layout.scales[0])
        blocks = [self._take_block(state, layout, layout.block.format(index), scaled) for index in range(self.depth)]
        shared |= {f"bank/{name}": array for name, array in stacked(blocks).items()}
        own = {f"head/output/{name}": array[None] for name, array in _norm(state, layout.norm, width).items()}
        if self.num_classes is not None:
            own |= {
                "head/kernel": state.matrix("head.weight", width, self.num_classes),
                "head/bias": state.vector("head.bias", self.num_classes),
            }
        for name in layout.beside:
            state.drop(name)
        return shared, own

    def _take_stem(self, state, layout, image_size):
        names, width, patch = layout.stem, self.width, self.patch_size
        positions = state.take(names["positions"], (1, 1 + (self.image_size // patch) ** 2, width))[0]
        stem = {
            "kernel": state.kernel(f"{names['patches']}.weight", 3, width, patch),
            "bias": state.vector(f"{names['patches']}.bias", width),
            "class_token": state.take(names["class_token"], (1, 1, width))[0, 0],
            "positions": layout.resize(positions, image_size // patch, self.register_tokens > 0),
        }
        if self.register_tokens:
            stem["register_tokens"] = state.take(names["register_tokens"], (1, self.register_tokens, width))[0]
        return {f"stem/{name}": array for name, array in stem.items()}

    def _take_block(self, state, layout, block, scaled):
        width, parts = self.width, {name: block + part for name, part in layout.parts.items()}
        kernel, bias = _dense(state, parts["output"], width, width)
        taken = _attention(state, parts, width)
        taken |= {"attention/output_kernel": kernel.reshape(-1, HEAD_SIZE, width), "attention/output_bias": bias}
        for norm in ("norm1", "norm2"):
            taken |= {f"{norm}/{name}": array for name, array in _norm(state, parts[norm], width).items()}
        for name, sizes in {"expand": (width, 4 * width), "project": (4 * width, width)}.items():
            taken[f"{name}/kernel"], taken[f"{name}/bias"] = _dense(state, parts[name], *sizes)
        for name, published in zip(("scale1", "scale2"), layout.scales, strict=True):
            scale = state.vector(block + published, width) if scaled else np.ones(width, "float32")
            taken[f"{name}/scale"] = scale.reshape(1, 1, width, 1)
        return taken


def _attention(state, parts, width):
    """Takes kernels `(width, heads, 64)` and biases `(heads, 64)` of query, key and value."""
    if "query_key_value" in parts:
        kernel, bias = _dense(state, parts["query_key_value"], width, 3 * width)
        pairs = zip(np.split(kernel, 3, axis=1), np.split(bias, 3), strict=True)
    else:
        pairs = (_dense(state, parts[name], width, width) for name in PROJECTIONS)
    taken = {}
    for name, (kernel, bias) in zip(PROJECTIONS, pairs, strict=True):
        taken[f"attention/{name}_kernel"] = kernel.reshape(width, -1, HEAD_SIZE)
        taken[f"attention/{name}_bias"] = bias.reshape(-1, HEAD_SIZE)
    return taken


def _dense(state, name, inputs, outputs):
    return state.matrix(f"{name}.weight", inputs, outputs), state.vector(f"{name}.bias", outputs)


def _norm(state, name, width):
    return {"scale": state.vector(f"{name}.weight", width), "offset": state.vector(f"{name}.bias", width)}
