"""The names under which vision transformers are published."""

import dataclasses

from keras_modnet.converters.positions import resize_positions


@dataclasses.dataclass(frozen=True)
class Layout:
    """Names of tensors, and how the code that is published with them resizes positions.

    Attributes:
        stem: names of "class_token", "register_tokens", "positions" and, without `.weight` and `.bias`, "patches".
        block: name of a block up to its parts, with `{}` for its number.
        parts: names of a block's parts, without `.weight` and `.bias`: "norm1", either "query", "key" and "value" or
            all three in one matrix as "query_key_value", "output", "norm2", "expand", "project".
        scales: names of the two layer scales of a block.
        norm: name of the norm behind the blocks.
        beside: names of what the features do not need.
        antialias: whether positions are averaged where their grid shrinks; with registers they are, whatever this says.
        offset: as `positions.resize_positions` takes it.
    """

    stem: dict[str, str]
    block: str
    parts: dict[str, str]
    scales: tuple[str, str]
    norm: str
    beside: tuple[str, ...] = ()
    antialias: bool = False
    offset: float = 0.0

    def resize(self, positions, size, has_registers):
        """Returns positions `(1 + size^2, width)` for a grid of `size` patches a side, as the published code has them.

        Args:
            positions: those of the checkpoint.
            size: patches along a side of the images.
            has_registers: whether the network has register tokens.
        """
        # With its registers, DINOv2 brought code that averages, in both layouts.
        if self.antialias or has_registers:
            return resize_positions(positions, size, antialias=True)
        return resize_positions(positions, size, antialias=False, offset=self.offset)


# timm's, also of DeiT's own files.
TIMM = Layout(
    stem={"class_token": "cls_token", "positions": "pos_embed", "patches": "patch_embed.proj"}
    | {"register_tokens": "register_tokens"},
    block="blocks.{}.",
    parts={"norm1": "norm1", "query_key_value": "attn.qkv", "output": "attn.proj"}
    | {"norm2": "norm2", "expand": "mlp.fc1", "project": "mlp.fc2"},
    scales=("ls1.gamma", "ls2.gamma"),
    norm="norm",
    antialias=True,
)
# DINOv2's own repository: steps between positions come from a scale factor that is a little too large.
DINOV2 = dataclasses.replace(TIMM, beside=("mask_token",), antialias=False, offset=0.1)


def _transformers(prefix):
    embeddings, attention = f"{prefix}embeddings.", "attention.attention."
    return Layout(
        stem={"class_token": f"{embeddings}cls_token", "positions": f"{embeddings}position_embeddings"}
        | {"register_tokens": f"{embeddings}register_tokens"}
        | {"patches": f"{embeddings}patch_embeddings.projection"},
        block=f"{prefix}encoder.layer.{{}}.",
        parts={name: f"{attention}{name}" for name in ("query", "key", "value")}
        | {"norm1": "norm1", "output": "attention.output.dense"}
        | {"norm2": "norm2", "expand": "mlp.fc1", "project": "mlp.fc2"},
        scales=("layer_scale1.lambda1", "layer_scale2.lambda1"),
        norm=f"{prefix}layernorm",
        # Of an image classifier, the backbone alone is taken.
        beside=(f"{embeddings}mask_token", "classifier.weight", "classifier.bias"),
    )


# By a tensor that no other layout has.
_BY_NAME = {
    **{f"{prefix}embeddings.cls_token": _transformers(prefix) for prefix in ("", "dinov2.", "dinov2_with_registers.")},
    "mask_token": DINOV2,
}


def find_layout(state):
    """Returns the `Layout` that a checkpoint has; timm's where nothing speaks for another.

    Args:
        state: the `StateDict`.
    """
    return next((layout for name, layout in _BY_NAME.items() if state.has(name)), TIMM)
