"""What one job of `benchmarks.published` does: a bank made of published weights, compared with ONNX Runtime."""

import functools
import importlib.metadata
import pathlib

import numpy as np
import safetensors.numpy

import keras_modnet
from benchmarks.published.mapping import dinov2_shapes
from benchmarks.published.onnx_backbone import PACKAGE, backbone_graph, published_backbone
from benchmarks.published.ways import Graph, Model, Static
from benchmarks.shared.budgets import whole_split
from benchmarks.shared.timing import interleaved, repeats_within, summary
from keras_modnet.converters import VisionTransformer

ONNX, MODEL, STATIC = "ONNX Runtime", "model", "static network"
NETWORK, SIZE = "dinov2_small", 224
DOMAINS = ("amazon", "dslr", "webcam")
LIBRARIES = (PACKAGE, "onnx", "onnxruntime")
# Seconds that the timed rounds take, about, and how many there are.
SECONDS, ROUNDS = 90, (5, 20)
SMALL = VisionTransformer(depth=2, width=64, patch_size=14, image_size=28, num_classes=None)


def run(job):
    """Makes the bank, compares the features of all tokens, and times batches of all ways to run the network.

    Args:
        job: "rows", of `ONNX`, `MODEL` and `STATIC`: those behind the first are compared with it; "images", how many
            photographs; "batch_size"; "seed", which draws them; "data_dir"; "work_dir", for checkpoint and graph;
            "smoke", whether a small network with random weights and random pixels stand for the published ones.

    Returns:
        "largest_feature" behind the final norm; "differences": `{row: {"class_token", "patches"}}`, the largest of a
        feature; "times" of a batch (a `timing.summary`); "libraries", their versions.
    """
    path, architecture, images = _toy(job) if job["smoke"] else _published(job)
    model = keras_modnet.from_checkpoint(path, architecture, image_size=images.shape[1])
    ways = {MODEL: Model(model), STATIC: Static(model)}
    if ONNX in job["rows"]:
        ways[ONNX] = Graph(backbone_graph(job["work_dir"]))
    batches = [images[start : start + job["batch_size"]] for start in range(0, len(images), job["batch_size"])]
    reference, *others = job["rows"]
    tokens = {row: np.concatenate([ways[row].tokens(batch) for batch in batches]) for row in job["rows"]}
    functions = {row: functools.partial(ways[row].predict, batches[0]) for row in job["rows"]}
    repeats = 2 if job["smoke"] else repeats_within(SECONDS, functions, *ROUNDS)
    return {
        "largest_feature": float(np.abs(tokens[reference]).max()),
        "differences": {row: _differences(tokens[row], tokens[reference]) for row in others},
        "times": summary(interleaved(functions, repeats), reference),
        "libraries": {} if job["smoke"] else {name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def _differences(own, reference):
    """Returns the largest difference of a feature, apart for the first token and the others."""
    largest = np.abs(own - reference).max(axis=(0, 2))
    return {"class_token": float(largest[0]), "patches": float(largest[1:].max())}


def _published(job):
    domains = [whole_split(f"office31/{domain}", "test", (SIZE, SIZE, 3), job["data_dir"])[0] for domain in DOMAINS]
    photographs = np.concatenate(domains)
    rows = np.random.default_rng(job["seed"]).permutation(len(photographs))[: job["images"]]
    return published_backbone(job["work_dir"]), NETWORK, photographs[rows].astype("float32")


def _toy(job):
    generator, size = np.random.default_rng(job["seed"]), SMALL.image_size
    positions = 1 + (size // SMALL.patch_size) ** 2
    shapes = dinov2_shapes(SMALL.depth, SMALL.width, positions, SMALL.patch_size)
    tensors = {name: generator.normal(0, 0.05, shape).astype("float32") for name, shape in shapes.items()}
    path = pathlib.Path(job["work_dir"]) / "toy.safetensors"
    safetensors.numpy.save_file(tensors, path)
    return path, SMALL, generator.uniform(0, 255, (job["images"], size, size, 3)).astype("float32")
