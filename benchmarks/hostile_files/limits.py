"""Files as large as a reader takes them, each with something wrong that is found as late as possible."""

import json

from benchmarks.hostile_files.filling import many, ones, room
from benchmarks.hostile_files.forging import joined, split, task_digest
from benchmarks.hostile_files.originals import write_archive
from benchmarks.hostile_files.preset_limits import PRESETS, TENSOR
from keras_modnet.converters.archive import MAX_LIST_BYTES
from keras_modnet.converters.instructions import MAX_INSTRUCTIONS

ENTRY = {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}
# A tensor of eight axes, the arguments of whose function are remembered as 4.
_PICKLE_OF_TENSORS = (
    b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0aNK\1tQq\2ctorch._utils\n_rebuild_tensor_v2\nq\3"
    b"(h\2K\0(" + b"K\1" * 8 + b"tq\5h\5tq\4"
)


def _in_task(change):
    def write(path):
        description, tensors = split(path.read_bytes())
        description = json.loads(description)
        change(description)
        description["digest"] = task_digest(description, tensors)
        path.write_bytes(joined(description, tensors))

    return write


def _names_of_task(description):
    description["class_names"] = ["x"] * (room(description, ",") - 1)


def _header_of_task(path):
    description, _ = split(path.read_bytes())
    description = json.loads(description)
    description["card"] = {"x": [[]] * (room(description, ",[") - 10)}
    tensors = joined(_empty_tensors(ENTRY), b"")
    description["digest"] = task_digest(description, tensors)
    path.write_bytes(joined(description, tensors))


def _empty_tensors(last):
    return many({}, ENTRY, last)


def _header(last):
    return lambda path: path.write_bytes(joined(_empty_tensors(last), b""))


def _write_pickle(data):
    return lambda path: write_archive(path, {"data.pkl": data})


def _one_tensor_of_many_names(path):
    names = (b"X\4\0\0\0%04xh\6" % number for number in range((MAX_INSTRUCTIONS - 40) // 2))
    tensor = _PICKLE_OF_TENSORS + b"h\3h\4Rq\6}("
    write_archive(path, {"data.pkl": tensor + b"".join(names) + b"u.", "data/a": bytes(4)})


def _write_records(path):
    name = "archive/data/0"
    write_archive(path, {"data.pkl": b"N."} | {f"{n}": b"" for n in range(MAX_LIST_BYTES // (46 + len(name)))})


LIMITS = {
    "preset": PRESETS,
    "task": {
        "class names": _in_task(_names_of_task),
        "tensors": _in_task(lambda one: one["tensors"].update(many(one, TENSOR, TENSOR))),
        "facts": _in_task(lambda one: one.update(card=many(one, {}, {}), bank="0" * 64)),
        "arguments": _in_task(lambda one: one["network"].update(x=[[]] * (room(one, ",[") - 5))),
        "description and header": _header_of_task,
    },
    "safetensors": {
        "tensors": _header(ENTRY),
        "tensors, the last wrong": _header({}),
        "axes of a tensor": lambda path: path.write_bytes(joined({"x": ENTRY | {"shape": ones(ENTRY)}}, b"")),
    },
    "pth": {
        "values": _write_pickle(b"N" * (MAX_INSTRUCTIONS - 1) + b"."),
        "texts": _write_pickle(b"X\4\0\0\0text" * (MAX_INSTRUCTIONS - 1) + b"."),
        "names": _write_pickle(b"ctorch\nSize\n" * (MAX_INSTRUCTIONS - 1) + b"."),
        "tensors": _write_pickle(_PICKLE_OF_TENSORS + b"h\x03h\x04R" * (MAX_INSTRUCTIONS // 3 - 10) + b"."),
        "one tensor of many names": _one_tensor_of_many_names,
        "tuples as a key": _write_pickle(b"}q\x02)q\x01" + b"h\x01h\x01\x86q\x01" * 60 + b"h\x02h\x01Ns."),
        "records": _write_records,
    },
}
