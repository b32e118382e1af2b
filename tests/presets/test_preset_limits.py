"""How much there may be in one document: so much is read, and no more; a writer keeps to what a reader takes."""

import json

import numpy as np
import pytest

from keras_modnet.converters.strict_json import MAX_BYTES, MAX_VALUES, count_values, parse_json
from keras_modnet.presets import PresetError, write_preset
from keras_modnet.presets.files import MAX_FURTHER_BYTES, check_listed_sizes
from keras_modnet.presets.reading import MAX_TASKS, parse_config
from keras_modnet.presets.schema import MAX_CHECKS, check_schema
from keras_modnet.presets.task_files import read_task_file, write_task_file

TASK = {"num_classes": 2, "num_steps": 3}
DESCRIPTION = {"task": "a", "num_classes": 3, "num_steps": 2, "network": {}, "bank": "0" * 64}


def metadata(**parts):
    listed = {"sha256": "0" * 64, "bytes": 0}
    files = {"config.json": listed, "model.safetensors": listed}
    start = {"format_version": 1, "name": "x", "files": files, "tensors": {}, "card": {}, "digest": "0" * 64}
    return start | parts


def test_so_many_values_are_read_and_no_more():
    # Two colons, three brackets, and a comma in front of each value but one.
    data = json.dumps({"a": {"b": [1] * (MAX_VALUES - 4)}}).encode()
    assert count_values(data) == MAX_VALUES
    assert len(parse_json(data)["a"]["b"]) == MAX_VALUES - 4
    with pytest.raises(ValueError, match=f"{MAX_VALUES + 1} commas, colons and brackets, where {MAX_VALUES} are"):
        parse_json(data.replace(b"1]", b"1, 1]"))


def test_so_many_bytes_are_read_and_no_more():
    data = b'{"a": "' + b"x" * (MAX_BYTES - 9) + b'"}'
    assert len(parse_json(data)["a"]) == MAX_BYTES - 9
    with pytest.raises(ValueError, match=f"{MAX_BYTES + 1} bytes, where {MAX_BYTES} are the most"):
        parse_json(data + b" ")


def test_the_schema_is_compared_with_so_many_values_and_no_more():
    # Eleven of the document itself: seven with a type, and two for each of its two files.
    macs = {f"t{number}": number for number in range(MAX_CHECKS - 14)}
    check_schema("metadata.json", metadata(card={"macs": macs}), "metadata.json")
    with pytest.raises(PresetError, match=f"at most {MAX_CHECKS} values under its schema; found more of them"):
        check_schema("metadata.json", metadata(card={"macs": macs | {"one": 1}}), "metadata.json")


def test_tensors_texts_and_free_facts_are_beside_that_number():
    many = 2 * MAX_CHECKS
    tensors = {f"t{number}": {"shape": [1], "dtype": "float32"} for number in range(many)}
    card = {"citations": ["x"] * many, "curve": [[0.5]] * many, "measured": {"a": {"metric": "a", "mean": 1.0}}}
    card["measured"]["a"]["by_seed"] = [0.5] * many
    check_schema("metadata.json", metadata(tensors=tensors, card=card), "metadata.json")


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"tensors": {f"t{number}": {"shape": [1], "dtype": "x"} for number in range(9000)}}, r"\$\.tensors\.t"),
        ({"card": {"citations": [*["x"] * 9000, 1]}}, r"\$\.card\.citations\[9000\]"),
        ({"card": {"macs": dict.fromkeys(map(str, range(500)), -1)}}, r"\$\.card\.macs"),
    ],
)
def test_what_is_wrong_among_many_is_named(parts, place):
    with pytest.raises(PresetError, match=f"expected {place}"):
        check_schema("metadata.json", metadata(**parts), "metadata.json")


def config(tasks):
    names = {"block": "basic", "norm": "batch", "mixing": "weights"}
    counts = {"num_blocks": 1, "width": 4, "patch_size": 2, "num_steps": 2}
    model = {"image_shape": [4, 4, 1], "resizing": "stretch", **counts, **names, "tasks": tasks}
    return {"format_version": 1, "class": "ModNet", "keras_modnet_version": "0.1.0", "model": model}


def test_so_many_tasks_are_read_and_no_more():
    tasks = {f"t{number}": TASK for number in range(MAX_TASKS)}
    assert len(parse_config("config.json", json.dumps(config(tasks)).encode())["model"]["tasks"]) == MAX_TASKS
    with pytest.raises(PresetError, match=f"at most {MAX_TASKS} tasks; found {MAX_TASKS + 1} of them"):
        parse_config("config.json", json.dumps(config(tasks | {"one": TASK})).encode())


def test_the_names_of_the_largest_imagenet_have_room():
    names = ["tench, Tinca tinca (a fish), n01440764"] * 21_843
    document = config({"imagenet": {"num_classes": len(names), "num_steps": 3, "class_names": names}})
    data = json.dumps(document, indent=2).encode()
    assert parse_config("config.json", data)["model"]["tasks"]["imagenet"]["class_names"] == names


def test_further_files_have_room_up_to_so_many_bytes_and_no_more():
    files = {"a.md": {"bytes": MAX_FURTHER_BYTES - 1}, "b.md": {"bytes": 1}, "model.safetensors": {"bytes": 2**40}}
    check_listed_sizes("metadata.json", files)
    with pytest.raises(PresetError, match=f"at most {MAX_FURTHER_BYTES} bytes beside the weights"):
        check_listed_sizes("metadata.json", files | {"b.md": {"bytes": 2}})


def test_a_preset_of_more_tensors_than_are_read_is_not_written(tmp_path):
    tensors = {f"t{number}": np.zeros(1, "float32") for number in range(MAX_VALUES // 10)}
    document = {key: value for key, value in config({"a": TASK}).items() if key != "format_version"}
    with pytest.raises(PresetError, match=r"model\.safetensors: .* commas, colons and brackets"):
        write_preset(tmp_path / "preset", document, tensors)
    assert not (tmp_path / "preset").exists()


def test_a_task_of_more_than_is_read_is_not_written(tmp_path):
    names = {"class_names": ["a, b"] * (MAX_VALUES // 2)}
    with pytest.raises(PresetError, match="commas, colons and brackets"):
        write_task_file(tmp_path / "a.modnet", DESCRIPTION | names, {"x": np.zeros(1, "float32")})
    tensors = {f"t{number}": np.zeros(1, "float32") for number in range(MAX_VALUES // 10)}
    with pytest.raises(PresetError, match="commas, colons and brackets"):
        write_task_file(tmp_path / "a.modnet", DESCRIPTION, tensors)
    assert not any(tmp_path.iterdir())


def test_a_task_as_large_as_is_read_is_written_and_read(tmp_path):
    names = {"class_names": ["x"] * (MAX_VALUES - 60)}
    write_task_file(tmp_path / "a.modnet", DESCRIPTION | names, {"x": np.zeros(1, "float32")})
    assert read_task_file(tmp_path / "a.modnet")[0]["class_names"] == names["class_names"]
