"""Small networks that torch itself wrote, and archives that it never would."""

import pathlib
import struct
import zipfile

import numpy as np
import pytest

from keras_modnet.converters import ConvMixer, ConvNeXt
from tests.converters import small_transformers

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
SMALL = {"depth": 3, "width": 8, "patch_size": 4, "image_size": 16, "num_classes": 5, "class_names": tuple("abcde")}
CONVNEXT = ConvNeXt(**SMALL)
NETWORKS = {
    "convnext.pth": CONVNEXT,
    "convnext_gamma.pth": CONVNEXT,
    "convmixer_relu.pth": ConvMixer(kernel_size=7, activation="relu", **SMALL),
    "convmixer_gelu.safetensors": ConvMixer(kernel_size=9, activation="gelu", **SMALL),
}


@pytest.fixture(params=[*NETWORKS, "timm"])
def network(request, tmp_path):
    """`(path, architecture, images, logits)` of each small network that has classes; the logits are torch's."""
    if request.param == "timm":
        weights, size = small_transformers.published_weights("timm"), small_transformers.IMAGE
        answers = np.load(FIXTURES / "timm.npz")
        path = small_transformers.write_weights(weights, tmp_path / "timm.safetensors")
        images = answers[f"images_{size}"].astype("float32")
        return path, small_transformers.CLASSIFIER, images, answers[f"outputs_{size}"]
    answers = np.load(FIXTURES / f"{request.param.split('.')[0]}.npz")
    return FIXTURES / request.param, NETWORKS[request.param], answers["images"], answers["logits"]


@pytest.fixture
def fixtures():
    """Folder of the fixtures."""
    return FIXTURES


@pytest.fixture
def convnext():
    """The description of the two small ConvNeXts."""
    return CONVNEXT


class Pickle:
    """Writes single instructions of a pickle, so that it can say what `pickle.dumps` never would."""

    @staticmethod
    def text(value):
        data = value.encode()
        return b"X" + struct.pack("<I", len(data)) + data

    @staticmethod
    def number(value):
        data = value.to_bytes(10, "little", signed=True)
        return b"\x8a" + bytes([len(data)]) + data

    @staticmethod
    def numbers(values):
        return b"(" + b"".join(map(Pickle.number, values)) + b"t"

    @staticmethod
    def call(name, arguments):
        module, _, function = name.rpartition(".")
        return f"c{module}\n{function}\n".encode() + b"(" + arguments + b"tR"

    @staticmethod
    def tensor(size=4, offset=0, shape=(4,), strides=(1,), kind="torch.FloatStorage", key="0"):
        module, _, name = kind.rpartition(".")
        storage = f"c{module}\n{name}\n".encode()
        pid = b"(" + Pickle.text("storage") + storage + Pickle.text(key) + Pickle.text("cpu") + Pickle.number(size)
        hooks = Pickle.call("collections.OrderedDict", b"")
        layout = Pickle.number(offset) + Pickle.numbers(shape) + Pickle.numbers(strides)
        return Pickle.call("torch._utils._rebuild_tensor_v2", pid + b"tQ" + layout + b"\x89" + hooks)

    @staticmethod
    def dict(**entries):
        items = b"".join(Pickle.text(name) + value + b"s" for name, value in entries.items())
        return b"}" + items

    @staticmethod
    def whole(document):
        return b"\x80\x02" + document + b"."


@pytest.fixture
def pickled():
    """The class `Pickle`."""
    return Pickle


@pytest.fixture
def write(tmp_path):
    """Returns `write(pickle, records)`: the path of an archive with this pickle, laid out as torch does."""

    def write_archive(pickle, records=None, compression=zipfile.ZIP_STORED, folder="archive"):
        path = tmp_path / "written.pth"
        records = {"data/0": np.arange(4, dtype="<f4").tobytes()} if records is None else records
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in ({"data.pkl": pickle} | records).items():
                archive.writestr(f"{folder}/{name}", data)
        return path

    return write_archive
