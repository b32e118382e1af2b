"""Names and shapes of published vision transformers, and the same numbers under the names of another layout."""

import numpy as np

# How transformers calls what DINOv2's repository has under other names.
_TRANSFORMERS_NAMES = {
    "patch_embed.proj": "embeddings.patch_embeddings.projection",
    "pos_embed": "embeddings.position_embeddings",
    **{name: f"embeddings.{name}" for name in ("cls_token", "mask_token", "register_tokens")},
    "attn.proj": "attention.output.dense",
    **{f"ls{number}.gamma": f"layer_scale{number}.lambda1" for number in (1, 2)},
}


def transformer_shapes(architecture):
    """Returns `{name: shape}` as timm has them, or, without classes, DINOv2's repository; the head is not among them.

    Args:
        architecture: a `keras_modnet.converters.VisionTransformer`.
    """
    width, patch = architecture.width, architecture.patch_size
    positions = 1 + (architecture.image_size // patch) ** 2
    shapes = {"cls_token": (1, 1, width), "pos_embed": (1, positions, width)}
    features = architecture.num_classes is None
    if features:
        shapes["mask_token"] = (1, width)
    if architecture.register_tokens:
        shapes["register_tokens"] = (1, architecture.register_tokens, width)
    shapes |= {"patch_embed.proj.weight": (width, 3, patch, patch), "patch_embed.proj.bias": (width,)}
    for index in range(architecture.depth):
        shapes |= {f"blocks.{index}.{name}": shape for name, shape in _block_shapes(width, features).items()}
    return shapes | _norm("norm", width)


def _block_shapes(width, with_scales):
    shapes = _norm("norm1", width) | _norm("norm2", width)
    shapes |= _dense("attn.qkv", width, 3 * width) | _dense("attn.proj", width, width)
    shapes |= _dense("mlp.fc1", width, 4 * width) | _dense("mlp.fc2", 4 * width, width)
    return shapes | ({f"ls{number}.gamma": (width,) for number in (1, 2)} if with_scales else {})


def _dense(name, inputs, outputs):
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _norm(name, width):
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def under_transformers_names(weights):
    """Returns the weights of DINOv2's repository as `Dinov2Model` of transformers has them.

    Args:
        weights: `{name: array}`.
    """
    renamed = {}
    for name, array in weights.items():
        block, _, kind = name.replace("blocks.", "encoder.layer.").rpartition("attn.qkv.")
        if block:
            parts = zip(("query", "key", "value"), np.split(array, 3), strict=True)
            renamed |= {f"{block}attention.attention.{part}.{kind}": own for part, own in parts}
        else:
            renamed[_transformers_name(kind)] = array
    return renamed


def _transformers_name(name):
    if name.startswith("norm."):
        return f"layer{name}"
    for own, theirs in _TRANSFORMERS_NAMES.items():
        name = name.replace(own, theirs)
    return name
