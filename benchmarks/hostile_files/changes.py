"""Ways in which a file that is right becomes one that is not, as strategies of hypothesis that change it in place."""

import hashlib
import json
import os
import socket
import struct
import zipfile

import numpy as np
from hypothesis import strategies
from safetensors.numpy import load, save

from benchmarks.hostile_files.originals import write_archive
from benchmarks.hostile_files.values import SHAPES, array_changed, bytes_changed, json_changed
from keras_modnet.presets.hashing import canonical_json, metadata_digest, sha256_hex

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.safetensors"


def change_preset(data, folder):
    """Changes a preset folder; `data` is hypothesis's, `folder` a `Path`."""
    way = data.draw(
        strategies.sampled_from(("bytes", "config", "config", "config", "metadata", "tensors", "header", "kind"))
    )
    name = data.draw(strategies.sampled_from((CONFIG, METADATA, WEIGHTS, "README.md")))
    if way == "kind":
        _change_kind(data, folder / name)
        return
    if way == "bytes":
        (folder / name).write_bytes(data.draw(bytes_changed((folder / name).read_bytes())))
        if data.draw(strategies.booleans()) and name != METADATA:
            _seal(folder)
    elif way == "tensors":
        tensors = load((folder / WEIGHTS).read_bytes())
        name = data.draw(strategies.sampled_from(sorted(tensors)))
        tensors[name] = data.draw(array_changed(tensors[name]))
        (folder / WEIGHTS).write_bytes(save(tensors))
        _seal(folder, {name: _said(array) for name, array in tensors.items()})
    elif way == "header":
        (folder / WEIGHTS).write_bytes(_header_changed(data, (folder / WEIGHTS).read_bytes()))
        _seal(folder)
    else:
        _change_document(data, folder, CONFIG if way == "config" else METADATA)


def change_task(data, path):
    """Changes a task file."""
    way = data.draw(strategies.sampled_from(("bytes", "description", "description", "tensors", "header", "kind")))
    if way == "kind":
        _change_kind(data, path)
        return
    if way == "bytes":
        path.write_bytes(data.draw(bytes_changed(path.read_bytes())))
        return
    description, tensors = _split(path.read_bytes())
    description = json.loads(description)
    if way == "description":
        description = data.draw(json_changed(description))
    elif way == "tensors":
        arrays = load(tensors)
        name = data.draw(strategies.sampled_from(sorted(arrays)))
        arrays[name] = data.draw(array_changed(arrays[name]))
        tensors = save(arrays)
        description["tensors"] = {name: _said(array) for name, array in arrays.items()}
    else:
        tensors = _header_changed(data, tensors)
    if data.draw(strategies.integers(0, 9)):
        description["digest"] = _digest(description, tensors)
    header = json.dumps(description).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + tensors)


def change_safetensors(data, path):
    """Changes a checkpoint of safetensors."""
    way = data.draw(strategies.sampled_from(("bytes", "header", "header", "tensors", "sparse", "kind")))
    content = path.read_bytes()
    if way == "kind":
        _change_kind(data, path)
    elif way == "bytes":
        path.write_bytes(data.draw(bytes_changed(content)))
    elif way == "header":
        path.write_bytes(_header_changed(data, content))
    elif way == "tensors":
        tensors = load(content)
        name = data.draw(strategies.sampled_from(sorted(tensors)))
        tensors[name] = data.draw(array_changed(tensors[name]))
        path.write_bytes(save(tensors))
    else:
        _make_sparse(data, path)


def change_pth(data, path):
    """Changes a checkpoint of torch.save."""
    way = data.draw(
        strategies.sampled_from(("bytes", "bytes", "pickle", "pickle", "pickle", "values", "sparse", "kind"))
    )
    if way == "kind":
        _change_kind(data, path)
        return
    if way == "bytes":
        path.write_bytes(data.draw(bytes_changed(path.read_bytes())))
        return
    if way == "sparse":
        os.truncate(path, path.stat().st_size + data.draw(strategies.sampled_from((1, 2**20, 2**32, 2**33))))
        return
    with zipfile.ZipFile(path) as archive:
        records = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    name = "data.pkl" if way == "pickle" else data.draw(strategies.sampled_from(sorted(records)))
    records[name] = data.draw(bytes_changed(records[name]))
    write_archive(path, records)


def _change_kind(data, path):
    """Puts something that is no regular file, or none at all, in the place of a file."""
    kind = data.draw(strategies.sampled_from(("none", "folder", "pipe", "link", "device", "socket", "empty", "loop")))
    aside = path.with_name(f"aside{path.suffix}")
    os.replace(path, aside)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "empty":
        path.touch()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(path))
    elif kind != "none":
        path.symlink_to({"link": aside, "device": "/dev/zero", "loop": path}[kind])


def _change_document(data, folder, name):
    document = json.loads((folder / name).read_text())
    digest = document.pop("digest", None)
    document = data.draw(json_changed(document))
    if digest is not None:
        document["digest"] = metadata_digest(document)
    (folder / name).write_text(json.dumps(document))
    if name == CONFIG:
        _seal(folder)


def _seal(folder, tensors=None):
    """Makes sizes, hashes and digest agree with the files again."""
    metadata = json.loads((folder / METADATA).read_text())
    for name, listed in metadata["files"].items():
        content = (folder / name).read_bytes()
        listed.update(bytes=len(content), sha256=sha256_hex(content))
    metadata["tensors"] = tensors or metadata["tensors"]
    metadata["digest"] = metadata_digest(metadata)
    (folder / METADATA).write_text(json.dumps(metadata))


def _header_changed(data, content):
    header, numbers = _split(content)
    if data.draw(strategies.booleans()):
        document = json.loads(header)
        entry = document[data.draw(strategies.sampled_from(sorted(set(document) - {"__metadata__"})))]
        entry["shape"] = data.draw(SHAPES)
        if data.draw(strategies.booleans()):
            size = int(np.prod(entry["shape"], dtype=object)) * 4
            entry["data_offsets"][1] = min(entry["data_offsets"][0] + size, 2**63)
    else:
        document = data.draw(json_changed(json.loads(header)))
    header = json.dumps(document).encode()
    return struct.pack("<Q", len(header)) + header + numbers


def _make_sparse(data, path):
    count = data.draw(strategies.sampled_from((2**20, 2**28, 2**31)))
    entry = {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}
    name = data.draw(strategies.sampled_from(("stem.0.weight", "x")))
    header = json.dumps({name: entry}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(path, 8 + len(header) + 4 * count)


def _split(content):
    (length,) = struct.unpack("<Q", content[:8])
    return content[8 : 8 + length], content[8 + length :]


def _digest(description, tensors):
    without = {key: value for key, value in description.items() if key != "digest"}
    return hashlib.sha256(canonical_json(without) + tensors).hexdigest()


def _said(array):
    return {"shape": list(array.shape), "dtype": array.dtype.name}
