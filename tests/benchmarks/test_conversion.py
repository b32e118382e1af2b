"""The checkpoints that the benchmark writes have the published names; what it stored keeps its promise."""

import dataclasses
import json

import pytest
import safetensors.numpy

from benchmarks.conversion.rows import NETWORKS
from benchmarks.conversion.weights import published_shapes, random_weights
from benchmarks.shared.script import RESULTS
from keras_modnet.converters import Architecture, convert

SMALL = {"depth": 2, "width": 4, "patch_size": 2, "image_size": 4, "num_classes": 2, "class_names": ("a", "b")}
CONVNEXT = Architecture("convnext", block="convnext", kernel_size=7, **SMALL)
CONVMIXER = Architecture("convmixer", block="convmixer_9_gelu", kernel_size=9, **SMALL)


@pytest.mark.parametrize("architecture", [CONVNEXT, CONVMIXER], ids=["convnext", "convmixer"])
def test_random_weights_convert(architecture, tmp_path):
    weights = random_weights(architecture, seed=0)
    assert {name: array.shape for name, array in weights.items()} == published_shapes(architecture)
    safetensors.numpy.save_file(weights, tmp_path / "weights.safetensors")
    assert convert(tmp_path / "weights.safetensors", architecture).arguments["num_blocks"] == 2
    deeper = dataclasses.replace(architecture, depth=3)
    assert len(published_shapes(deeper)) > len(weights)


def test_stored_logits_are_those_of_torch():
    results = json.loads((RESULTS / "conversion.json").read_text())
    assert {run["network"] for run in results["runs"]} == set(NETWORKS)
    for run in results["runs"]:
        assert run["difference"] < results["setting"]["tolerance"] < run["largest_logit"]
