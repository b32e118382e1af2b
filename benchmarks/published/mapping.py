"""From the nodes and the stored arrays of an exported graph to tensors in the layout of transformers' `Dinov2Model`."""

import dataclasses
import re

import numpy as np

from keras_modnet.checks import expect

PREFIX = "backbone."
# Dense layers were exported as products with matrices that lost their names; the nodes have kept them, as paths.
_PRODUCT = re.compile(r"/backbone/(encoder/layer\.\d+/[\w/]+)/MatMul")
_POSITIONS = "embeddings.position_embeddings"


@dataclasses.dataclass(frozen=True)
class Node:
    """One operation of a graph.

    Attributes:
        kind: name of the operation, such as "MatMul".
        name: of the node, a path of modules.
        inputs: names of what it takes.
        outputs: names of what it gives.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def dinov2_shapes(depth, width, positions, patch_size):
    """Returns `{name: shape}` of the tensors of a `Dinov2Model`; the mask token, for training only, is left out.

    Args:
        depth: blocks.
        width: channels.
        positions: rows of the position embedding, the class token's included.
        patch_size: side of the patches in pixels.
    """
    block = {f"{name}.{part}": (width,) for name in ("norm1", "norm2") for part in ("weight", "bias")}
    block |= {"layer_scale1.lambda1": (width,), "layer_scale2.lambda1": (width,)}
    dense = {f"attention.attention.{name}": (width, width) for name in ("query", "key", "value")}
    dense |= {"attention.output.dense": (width, width), "mlp.fc1": (4 * width, width), "mlp.fc2": (width, 4 * width)}
    for name, shape in dense.items():
        block |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    shapes = {
        "embeddings.cls_token": (1, 1, width),
        _POSITIONS: (1, positions, width),
        "embeddings.patch_embeddings.projection.weight": (width, 3, patch_size, patch_size),
        "embeddings.patch_embeddings.projection.bias": (width,),
        "layernorm.weight": (width,),
        "layernorm.bias": (width,),
    }
    return shapes | {f"encoder.layer.{i}.{name}": shape for i in range(depth) for name, shape in block.items()}


def backbone_tensors(nodes, arrays, shapes):
    """Returns the tensors of the backbone of a graph, `{name: array}`, matrices as torch has them: outputs first.

    Args:
        nodes: the `Node`s of the graph.
        arrays: `{name: array}` that it stores.
        shapes: `{name: shape}` that the tensors have to have, as of `dinov2_shapes`.

    Raises:
        ValueError: the graph is another one.
    """
    found = {name.removeprefix(PREFIX): array for name, array in arrays.items() if name.startswith(PREFIX)}
    for node in nodes:
        product = _PRODUCT.fullmatch(node.name)
        if product and node.kind == "MatMul" and node.inputs[1] in arrays:
            found[f"{product[1].replace('/', '.')}.weight"] = arrays[node.inputs[1]].T
    # The embedding was parted into the class token's row, which is put in front, and the grid, which is resized.
    parts = [_stored_embedding(nodes, arrays, kind) for kind in ("Concat", "Reshape")]
    found[_POSITIONS] = np.concatenate(parts, axis=1)
    _expect_shapes({name: array.shape for name, array in found.items()}, shapes)
    return {name: np.ascontiguousarray(found[name], "float32") for name in shapes}


def features_name(nodes):
    """Returns the name of what the graph computes behind the backbone's final norm.

    Args:
        nodes: the `Node`s of the graph.

    Raises:
        ValueError: the graph is another one.
    """
    return _only_one([node.outputs[0] for node in nodes if f"{PREFIX}layernorm.bias" in node.inputs], "final norm")


def _stored_embedding(nodes, arrays, kind):
    own = [node for node in nodes if node.kind == kind and node.name.startswith("/backbone/embeddings/")]
    return _only_one([arrays[name] for node in own for name in node.inputs if name in arrays], f"{kind} of positions")


def _only_one(found, what):
    expect(len(found) == 1, "graph", f"one with one {what} in its backbone", f"{len(found)} of them")
    return found[0]


def _expect_shapes(found, expected):
    differs = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
    first = differs[0] if differs else None
    expect(first is None, "graph", f"one whose {first} has shape {expected.get(first)}", found.get(first))
