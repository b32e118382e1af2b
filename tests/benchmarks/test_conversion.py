"""The checkpoints that the benchmark writes have the published names; what it stored keeps its promise."""

import dataclasses
import json

import pytest
import safetensors.numpy

from benchmarks.conversion.rows import PARTS
from benchmarks.conversion.transformer_weights import under_transformers_names
from benchmarks.conversion.weights import published_shapes, random_weights
from benchmarks.shared.script import RESULTS
from keras_modnet.converters import ConvMixer, ConvNeXt, VisionTransformer, convert

SMALL = {"depth": 2, "width": 4, "patch_size": 2, "image_size": 4, "num_classes": 2, "class_names": ("a", "b")}
TRANSFORMER = SMALL | {"width": 64}
NETWORKS = {
    "convnext": ConvNeXt(**SMALL),
    "convmixer": ConvMixer(kernel_size=9, activation="gelu", **SMALL),
    "classifier": VisionTransformer(**TRANSFORMER),
    "features": VisionTransformer(**TRANSFORMER | {"num_classes": None, "class_names": None}, register_tokens=1),
}


@pytest.mark.parametrize("architecture", NETWORKS.values(), ids=NETWORKS)
def test_random_weights_convert(architecture, tmp_path):
    weights = random_weights(architecture, seed=0)
    assert {name: array.shape for name, array in weights.items()} == published_shapes(architecture)
    safetensors.numpy.save_file(weights, tmp_path / "weights.safetensors")
    assert convert(tmp_path / "weights.safetensors", architecture).arguments["num_blocks"] == 2
    deeper = dataclasses.replace(architecture, depth=3)
    assert len(published_shapes(deeper)) > len(weights)


def test_the_same_numbers_stand_under_the_names_of_transformers():
    weights = random_weights(NETWORKS["features"], seed=0)
    renamed = under_transformers_names(weights)
    # Query, key and value of each of two blocks stand apart, with their biases.
    assert len(renamed) == len(weights) + 2 * 2 * 2
    assert sum(array.size for array in renamed.values()) == sum(array.size for array in weights.values())
    key = renamed["encoder.layer.1.attention.attention.key.weight"]
    assert (key == weights["blocks.1.attn.qkv.weight"][64:128]).all()


@pytest.mark.parametrize("part", PARTS)
def test_stored_outputs_are_those_of_torch(part):
    file = "conversion.json" if part == "convolutional" else f"conversion_{part}.json"
    results = json.loads((RESULTS / file).read_text())
    assert {run["network"] for run in results["runs"]} == {network for network, _ in PARTS[part]}
    for run in results["runs"]:
        differences = [run["difference"], run.get("other_difference", 0.0)]
        assert max(differences) < results["setting"]["tolerance"] < run["largest_logit"]
