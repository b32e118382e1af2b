"""Files that are right, as small as they can be, and the readers that are tried on them."""

import io
import pathlib
import pickle
import struct
import zipfile

import numpy as np
from safetensors.numpy import load, load_file, save_file

import keras_modnet
from benchmarks.conversion.weights import random_weights
from keras_modnet.converters import ConvMixer, ConvNeXt, read_pth
from keras_modnet.layers.values import value_of

SMALL = {"depth": 2, "width": 4, "patch_size": 4, "image_size": 8, "num_classes": 3, "class_names": ("x", "y", "z")}
ARCHITECTURES = {
    "safetensors": ConvMixer(kernel_size=7, activation="relu", **SMALL),
    "pth": ConvNeXt(**SMALL),
}
# Global names that stand for what torch defines.
_NAMES = {"_Storage": "torch FloatStorage", "_rebuild": "torch._utils _rebuild_tensor_v2"}


def make_model():
    """Returns the model that presets and tasks are of."""
    tasks = {"a": {"num_classes": 3, "class_names": ["x", "y", "z"]}, "b": {"num_classes": 2, "mixed": True}}
    return keras_modnet.ModNet((4, 4, 1), tasks, num_blocks=2, num_steps=2, width=4, patch_size=2, seed=1)


def write_original(kind, folder, model):
    """Writes a file of a kind, or the folder of a preset, and returns its path.

    Args:
        kind: a key of `run.KINDS`.
        folder: `Path` of a folder.
        model: what `make_model` returned.
    """
    if kind == "preset":
        return model.save_to_preset(folder / "preset", card={"licence": "none"}, extra_files={"README.md": "# Card\n"})
    if kind == "task":
        return model.save_task("a", folder / "a.modnet", card={"accuracy": 1.0})
    path, weights = folder / f"weights.{kind}", random_weights(ARCHITECTURES[kind], 0)
    if kind == "safetensors":
        save_file(weights, path)
    else:
        _write_pth(path, weights)
    return path


def try_to_load(kind, path, model):
    """Loads a file as a user would and returns `{name: array}`, its weights.

    Args:
        kind: a key of `run.KINDS`.
        path: of the file or folder.
        model: what `make_model` returned; it stays as it is.
    """
    if kind == "preset":
        return _finite_values(keras_modnet.from_preset(path).named_variables())
    if kind == "task":
        try:
            model.load_task(path, "loaded")
            return _finite_values(model.task_layers["loaded"].variables_by_name())
        finally:
            if "loaded" in model.task_names:
                model.remove_task("loaded")
    _finite_values(keras_modnet.from_checkpoint(path, ARCHITECTURES[kind]).named_variables())
    return read_pth(path)


def _finite_values(variables):
    values = {name: value_of(variable) for name, variable in variables.items()}
    if not all(np.isfinite(array).all() for array in values.values()):
        raise FloatingPointError("weights that are not finite were loaded")
    return values


def read_otherwise(kind, path):
    """Returns `{name: array}` as other readers find them: the library safetensors, and Python's own pickle."""
    if kind == "preset":
        return load_file(pathlib.Path(path) / "model.safetensors")
    if kind == "task":
        content = path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        return load(content[8 + length :])
    return load_file(path) if kind == "safetensors" else _read_pickle(path)


class _Storage:
    """Stands for the name of a storage of torch."""


def _rebuild(storage, offset, shape, strides, *rest):
    """Stands for the function of torch that makes a tensor."""
    numbers = storage[offset:] if np.prod(shape, dtype=object) else storage[:0]
    return np.lib.stride_tricks.as_strided(numbers, shape, [4 * step for step in strides])


class _Tensor:
    """A tensor on its way into a pickle."""

    def __init__(self, key, array):
        self.key, self.array = key, array

    def __reduce__(self):
        strides = tuple(step // 4 for step in self.array.strides)
        return _rebuild, (_Pid(self.key, self.array.size), 0, self.array.shape, strides, False, {})


class _Pid:
    """What of a tensor is stored elsewhere."""

    def __init__(self, key, size):
        self.key, self.size = key, size


class _Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return ("storage", _Storage, value.key, "cpu", value.size) if isinstance(value, _Pid) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, data, archive):
        super().__init__(io.BytesIO(data))
        self._archive = archive

    def find_class(self, module, name):
        known = {"torch FloatStorage": _Storage, "torch._utils _rebuild_tensor_v2": _rebuild}
        return known[f"{module} {name}"]

    def persistent_load(self, pid):
        data = self._archive.read(f"archive/data/{pid[2]}")
        return np.frombuffer(data, "<f4")[: pid[4]]


def write_archive(path, records):
    """Writes a zip archive as torch does: stored records in one folder.

    Args:
        path: path of the file.
        records: `{name: bytes}`.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in records.items():
            archive.writestr(f"archive/{name}", data)


def _write_pth(path, weights):
    weights = {name: np.asarray(array, "float32") for name, array in weights.items()}
    stream = io.BytesIO()
    _Pickler(stream, 2).dump({name: _Tensor(str(key), weights[name]) for key, name in enumerate(weights)})
    data = stream.getvalue()
    for ours, theirs in _NAMES.items():
        module, name = theirs.split()
        data = data.replace(f"c{__name__}\n{ours}\n".encode(), f"c{module}\n{name}\n".encode())
    storages = {f"data/{key}": array.tobytes() for key, array in enumerate(weights.values())}
    write_archive(path, {"data.pkl": data, **storages})


def _read_pickle(path):
    with zipfile.ZipFile(path) as archive:
        loaded = _Unpickler(archive.read("archive/data.pkl"), archive).load()
    nested = [loaded[key] for key in ("model", "state_dict") if isinstance(loaded.get(key), dict)]
    return nested[0] if nested else loaded
