"""Ways in which a file that is right becomes one that is not, as strategies of hypothesis that change it in place."""

import json
import os
import socket
import zipfile

import numpy as np
from hypothesis import strategies
from safetensors.numpy import load, save

from benchmarks.hostile_files.forging import CONFIG, METADATA, WEIGHTS, described, joined, seal, split, task_digest
from benchmarks.hostile_files.originals import write_archive
from benchmarks.hostile_files.values import SHAPES, array_changed, bytes_changed, json_changed
from keras_modnet.presets.hashing import metadata_digest


def change_preset(data, folder):
    """Changes a preset folder; `data` is hypothesis's, `folder` a `Path`."""
    ways = (_preset_bytes, *3 * [_config], _metadata, _preset_tensors, _preset_header, _preset_kind)
    data.draw(strategies.sampled_from(ways))(data, folder)


def change_task(data, path):
    """Changes a task file."""
    data.draw(strategies.sampled_from((_bytes, *2 * [_description], _task_tensors, _task_header, _kind)))(data, path)


def change_safetensors(data, path):
    """Changes a checkpoint of safetensors."""
    data.draw(strategies.sampled_from((_bytes, *2 * [_header], _tensors, _sparse, _kind)))(data, path)


def change_pth(data, path):
    """Changes a checkpoint of torch.save."""
    data.draw(strategies.sampled_from((*2 * [_bytes], *3 * [_pickle], _record, _longer, _kind)))(data, path)


def _bytes(data, path):
    path.write_bytes(data.draw(bytes_changed(path.read_bytes())))


def _kind(data, path):
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


def _file_of_preset(data, folder):
    return folder / data.draw(strategies.sampled_from((CONFIG, METADATA, WEIGHTS, "README.md")))


def _preset_bytes(data, folder):
    path = _file_of_preset(data, folder)
    _bytes(data, path)
    if data.draw(strategies.booleans()) and path.name != METADATA:
        seal(folder)


def _preset_kind(data, folder):
    _kind(data, _file_of_preset(data, folder))


def _config(data, folder):
    _document(data, folder / CONFIG)
    seal(folder)


def _metadata(data, folder):
    document = _document(data, folder / METADATA)
    (folder / METADATA).write_text(json.dumps(document | {"digest": metadata_digest(document)}))


def _document(data, path):
    document = json.loads(path.read_text())
    document.pop("digest", None)
    document = data.draw(json_changed(document))
    path.write_text(json.dumps(document))
    return document


def _preset_tensors(data, folder):
    said = _tensors(data, folder / WEIGHTS)
    seal(folder, said)


def _preset_header(data, folder):
    _header(data, folder / WEIGHTS)
    seal(folder)


def _description(data, path):
    description, tensors = split(path.read_bytes())
    _write_task(data, path, data.draw(json_changed(json.loads(description))), tensors)


def _task_tensors(data, path):
    description, tensors = split(path.read_bytes())
    tensors, said = _tensors_changed(data, tensors)
    _write_task(data, path, json.loads(description) | {"tensors": said}, tensors)


def _task_header(data, path):
    description, tensors = split(path.read_bytes())
    _write_task(data, path, json.loads(description), _header_changed(data, tensors))


def _write_task(data, path, description, tensors):
    if data.draw(strategies.integers(0, 9)):
        description["digest"] = task_digest(description, tensors)
    path.write_bytes(joined(description, tensors))


def _tensors(data, path):
    changed, said = _tensors_changed(data, path.read_bytes())
    path.write_bytes(changed)
    return said


def _tensors_changed(data, content):
    tensors = load(content)
    name = data.draw(strategies.sampled_from(sorted(tensors)))
    tensors[name] = data.draw(array_changed(tensors[name]))
    return save(tensors), described(tensors)


def _header(data, path):
    path.write_bytes(_header_changed(data, path.read_bytes()))


def _header_changed(data, content):
    header, numbers = split(content)
    document = json.loads(header)
    if data.draw(strategies.booleans()):
        entry = document[data.draw(strategies.sampled_from(sorted(set(document) - {"__metadata__"})))]
        entry["shape"] = data.draw(SHAPES)
        if data.draw(strategies.booleans()):
            size = int(np.prod(entry["shape"], dtype=object)) * 4
            entry["data_offsets"][1] = min(entry["data_offsets"][0] + size, 2**63)
    else:
        document = data.draw(json_changed(document))
    return joined(document, numbers)


def _sparse(data, path):
    count = data.draw(strategies.sampled_from((2**20, 2**28, 2**31)))
    entry = {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}
    header = joined({data.draw(strategies.sampled_from(("stem.0.weight", "x"))): entry}, b"")
    path.write_bytes(header)
    os.truncate(path, len(header) + 4 * count)


def _longer(data, path):
    os.truncate(path, path.stat().st_size + data.draw(strategies.sampled_from((1, 2**20, 2**32, 2**33))))


def _pickle(data, path):
    _change_record(data, path, lambda names: "data.pkl")


def _record(data, path):
    _change_record(data, path, lambda names: data.draw(strategies.sampled_from(sorted(names))))


def _change_record(data, path, chosen):
    with zipfile.ZipFile(path) as archive:
        records = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    name = chosen(records)
    records[name] = data.draw(bytes_changed(records[name]))
    write_archive(path, records)
