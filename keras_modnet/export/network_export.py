"""One plain network as a file for ONNX Runtime or LiteRT, proven in that runtime before it appears."""

import dataclasses
import importlib.util
import os
from pathlib import Path

import keras
import numpy as np

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.data.checks import as_array, check_images
from keras_modnet.export.children import convert_in_child
from keras_modnet.export.network_formats import LITERT, ONNX, write_network
from keras_modnet.export.plain_copy import plain_copy
from keras_modnet.export.runtimes import run_file
from keras_modnet.export.self_check import TOLERANCES
from keras_modnet.presets.leftovers import fresh_folder

INT8 = "int8"
# By ending: the extra that brings what writes and runs such files, and its modules.
NEEDS = {ONNX: ("onnx", ("onnx", "onnxruntime", "tf2onnx")), LITERT: ("litert", ("ai_edge_litert",))}
NUM_IMAGES = 8


@dataclasses.dataclass(frozen=True)
class ExportedNetwork:
    """What `export_network` wrote.

    Attributes:
        path: the file.
        bytes: its size.
        largest_difference: largest difference of an output, as the file's runtime computes it, to the network's own in
            float32, on the images that were given or on random ones.
    """

    path: Path
    bytes: int
    largest_difference: float


def export_network(network, path, quantize=None, images=None):
    """Writes a plain network for ONNX Runtime (`.onnx`) or LiteRT (`.tflite`) and proves it in that runtime.

    The file takes `images`, float32 `(batch, height, width, channels)` from 0 to 255, in batches of any size. What it
    gives is called `output`, of several tasks by the tasks' names. It computes in float32 also where the network has
    half precision, which neither runtime computes on a CPU. On a backend other than TensorFlow a child process
    converts. A file that is there is replaced, by a whole one or not at all.

    Example:
        keras_modnet.export_network(model.to_static("digits"), "digits.onnx")
        keras_modnet.export_network(model.to_static("digits"), "digits.tflite", quantize="int8", images=train_images)

    Args:
        network: what `ModNet.to_static` or `to_static_tasks` returns, or another functional model of Keras's own
            layers with one input of images.
        path: the file; its ending says the format.
        quantize: `"int8"`: weights and what flows between layers in 8 bits where LiteRT can, for `.tflite`; what goes
            in and out stays float32. Needs `images`. Default None, float32.
        images: `(n, height, width, channels)` from 0 to 255: images as they will come, some hundred, whose ranges
            `"int8"` takes over; the first eight are run for the comparison. Default: random ones, for float32 only.

    Returns:
        `ExportedNetwork`: path, bytes and the largest difference that was found. In 8 bits the difference is not
        bounded: measure the accuracy.

    Raises:
        ValueError: before anything is written: no such network, another ending, a folder in the file's place, another
            `quantize`, images of another shape, that are not finite, or missing where they are needed.
        ImportError: TensorFlow, or what writes and runs the format, is not installed; the message names the extra.
        RuntimeError: the network could not be converted, or the file answers otherwise than the network: in float32 by
            more than 1e-4 of the largest output or of 1, whichever is larger. No file is written then.
    """
    path = Path(path).expanduser().resolve()
    images = _checked(network, path, quantize, images)
    _expect_installed(path.suffix)
    # Accelerators round the factors of float32 products, which is no fault of the file.
    with keras.device("cpu:0"):
        copy = plain_copy(network)
        asked = images[:NUM_IMAGES].astype("float32")
        wanted = {name: keras.ops.convert_to_numpy(value) for name, value in copy(asked, training=False).items()}
    write = write_network if keras.backend.backend() == "tensorflow" else convert_in_child
    with fresh_folder(path) as fresh:
        file = fresh / path.name
        write(copy, file, images if quantize == INT8 else None)
        difference = _largest_difference(run_file(file, asked), wanted, quantize)
        size = file.stat().st_size
        os.replace(file, path)
    return ExportedNetwork(path, size, difference)


def _checked(network, path, quantize, images):
    """Returns the images, random ones where none are given."""
    functional = isinstance(network, keras.Model) and type(network).__name__ == "Functional"
    wanted = "a functional Keras model, such as `model.to_static(task)` returns"
    expect(functional and len(network.inputs) == 1, "network", wanted, type(network).__name__)
    other = [layer.name for layer in network.layers if not type(layer).__module__.startswith("keras.")]
    expect(not other, "network", "of Keras's own layers", other)
    expect(path.suffix in NEEDS and not path.is_dir(), "path", f"a file that ends in {' or '.join(NEEDS)}", str(path))
    expect_one_of("quantize", quantize, (None, INT8) if path.suffix == LITERT else (None,))
    expect(quantize is None or images is not None, "images", 'given where `quantize` is "int8"', images)
    shape = tuple(network.inputs[0].shape[1:])
    if images is None:
        return np.random.default_rng(0).integers(0, 256, (2, *shape)).astype("uint8")
    images = as_array("images", images)
    check_images("the network", images, shape)
    return keras.ops.convert_to_numpy(images)


def _expect_installed(ending):
    extra, modules = NEEDS[ending]
    for module in ("tensorflow", *modules):
        if importlib.util.find_spec(module) is None:
            raise ImportError(
                f"`export_network` to {ending} needs {module}, which is not installed. Install it with "
                f"`pip install 'keras_modnet[{extra},tensorflow]'`."
            )


def _largest_difference(given, wanted, quantize):
    if {name: value.shape for name, value in given.items()} != {name: value.shape for name, value in wanted.items()}:
        raise RuntimeError(f"The file must give {sorted(wanted)}. Received: {sorted(given)}. None is written.")
    largest = max(float(np.max(np.abs(given[name] - value))) for name, value in wanted.items())
    limit = max(1.0, *(float(np.max(np.abs(value))) for value in wanted.values())) * TOLERANCES["float32"]
    # So that NaN fails.
    if not largest <= (limit if quantize is None else np.inf):
        raise RuntimeError(
            f"The file must answer as the network does, within {limit:.2g}. Received: a difference of {largest:.3g}. "
            "None is written."
        )
    return largest
