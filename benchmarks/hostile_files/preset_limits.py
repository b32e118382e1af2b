"""Presets as large as a reader takes them, each with something wrong that is found as late as possible."""

import json
import math
import os

from benchmarks.hostile_files.filling import many, ones, room
from benchmarks.hostile_files.forging import CONFIG, METADATA, WEIGHTS, joined, seal
from keras_modnet.presets.files import MAX_FILES, MAX_FURTHER_BYTES
from keras_modnet.presets.hashing import metadata_digest, sha256_hex
from keras_modnet.presets.reading import MAX_TASKS
from keras_modnet.presets.schema import MAX_CHECKS

TENSOR = {"shape": [1], "dtype": "float32"}
RESULT = {"metric": "accuracy", "mean": 1.0}


def _in_metadata(change):
    def write(folder):
        metadata = json.loads((folder / METADATA).read_text())
        # What is found last of all that a description can have wrong.
        metadata["tensors"]["z"] = TENSOR
        change(metadata)
        metadata["digest"] = metadata_digest(metadata)
        # In few bytes, so that values are what it is full of.
        (folder / METADATA).write_text(json.dumps(metadata, ensure_ascii=False))

    return write


def _in_arguments(change):
    def write(folder):
        config = json.loads((folder / CONFIG).read_text())
        change(config, config["model"])
        (folder / CONFIG).write_text(json.dumps(config))
        seal(folder)

    return write


def _both(first, second):
    def write(path):
        first(path)
        second(path)

    return write


def _tensors(last):
    return _in_metadata(lambda one: one["tensors"].update(many(one, TENSOR, last)))


def _fact(name, *values):
    return _in_metadata(lambda metadata: metadata["card"].update({name: many(metadata, *values)}))


def _axes(metadata):
    metadata["tensors"]["x"] = {"shape": [*ones(metadata), "x"], "dtype": "float32"}


def _numbers(metadata):
    numbers = [1.5] * (room(metadata, ",") - 20)
    metadata["card"]["measured"] = {"a": RESULT | {"by_seed": [*numbers, "x"]}}


def _files(metadata):
    metadata["files"].update(many(metadata, {"bytes": 0, "sha256": "0" * 64}, {}))


def _class_names(config, model):
    task = model["tasks"]["a"]
    task["class_names"] = ["x"] * (room(config, ","))
    task["num_classes"] = len(task["class_names"]) + 1


def _one_class_name(config, model):
    model["tasks"]["a"]["class_names"] = [*["x"] * (room(config, ",") - 1), 1]


def _tasks(config, model):
    task = {"num_classes": 2, "num_steps": 2, "mixed": False, "pooling": "mean", "own_norms": False}
    model["tasks"] = {f"t{number}": task for number in range(MAX_TASKS - 1)} | {"last": task | {"pooling": "x"}}
    model["default_task"] = "last"


def _channels(config, model):
    count = (room(config, ",") - 10) // 2
    model["image_shape"] = [4, 4, count]
    model["pixel_mean"], model["pixel_std"] = [0.5] * count, [0.5] * (count - 1) + [0]


def _sides(config, model):
    model["image_shape"] = [4] * room(config, ",")


def _further_files(folder):
    metadata = json.loads((folder / METADATA).read_text())
    left = MAX_FURTHER_BYTES - sum((folder / name).stat().st_size for name in metadata["files"])
    content = bytes(left // (MAX_FILES - len(metadata["files"])))
    for number in range(MAX_FILES - len(metadata["files"])):
        (folder / f"{number}.md").write_bytes(content)
        metadata["files"][f"{number}.md"] = {"bytes": len(content), "sha256": sha256_hex(content)}
    metadata["files"][f"{number}.md"]["sha256"] = "0" * 64
    metadata["digest"] = metadata_digest(metadata)
    (folder / METADATA).write_text(json.dumps(metadata))


def _one_further_file(folder):
    metadata = json.loads((folder / METADATA).read_text())
    os.truncate(folder / "README.md", MAX_FURTHER_BYTES - metadata["files"][CONFIG]["bytes"])
    metadata["files"]["README.md"]["bytes"] = (folder / "README.md").stat().st_size
    metadata["digest"] = metadata_digest(metadata)
    (folder / METADATA).write_text(json.dumps(metadata))


def _all_three(folder):
    """Both documents and the header of the weights as large as they can be together, and one type in it wrong."""
    metadata, config = (json.loads((folder / name).read_text()) for name in (METADATA, CONFIG))
    tasks, tensors = config["model"]["tasks"], metadata["tensors"]
    own = {name.removeprefix("tasks/a"): said for name, said in tensors.items() if name.startswith("tasks/a/")}
    header = _entries(tensors)
    for number in range(min(room(header, json.dumps(_entries(own))), MAX_TASKS - 2)):
        tasks[f"t{number}"] = {"num_classes": 3, "num_steps": 2, "mixed": False}
        tensors |= {f"tasks/t{number}{name}": said for name, said in own.items()}
    # Each is looked at three times.
    metadata["card"]["measured"] = {f"t{number}": RESULT for number in range(MAX_CHECKS // 3 - 20)}
    header = _entries(tensors)
    size = max(entry["data_offsets"][1] for entry in header.values())
    header[max(header)]["dtype"] = "I32"
    (folder / CONFIG).write_text(json.dumps(config))
    (folder / WEIGHTS).write_bytes(joined(header, bytes(size)))
    (folder / METADATA).write_text(json.dumps(metadata))
    seal(folder)


def _entries(tensors):
    entries, place = {}, 0
    for name, said in tensors.items():
        size = math.prod(said["shape"]) * (1 if said["dtype"] == "bool" else 4)
        dtype = "BOOL" if said["dtype"] == "bool" else "F32"
        entries[name] = {"dtype": dtype, "shape": said["shape"], "data_offsets": [place, place + size]}
        place += size
    return entries


PRESETS = {
    "tensors": _tensors(TENSOR),
    "tensors, the last wrong": _tensors({"shape": [1], "dtype": "x"}),
    "axes of a tensor": _in_metadata(_axes),
    "lists": _in_metadata(lambda one: one["card"].update(x=[[]] * (room(one, ",[") - 5))),
    "numbers": _in_metadata(_numbers),
    "facts": _fact("macs", 1, "x"),
    "results": _fact("measured", RESULT, {}),
    "controls": _fact("controls", {"a": RESULT}, {"a": {}}),
    "files": _in_metadata(_files),
    "characters": _in_metadata(lambda one: one["card"].update(description="\U0001f600" * (room(one) // 4 - 50))),
    "class names": _in_arguments(_class_names),
    "class names, the last wrong": _in_arguments(_one_class_name),
    "tasks": _in_arguments(_tasks),
    "channels": _in_arguments(_channels),
    "sides of an image": _in_arguments(_sides),
    "class names and tensors": _both(_in_arguments(_class_names), _tensors(TENSOR)),
    "tasks, tensors and header": _all_three,
    "further files": _further_files,
    "one further file": _one_further_file,
}
