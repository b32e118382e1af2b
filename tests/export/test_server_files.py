"""Files for a server beside the versions: written where they are missing."""

import re
from pathlib import Path

from keras_modnet.export.server_files import model_name, write_server_files


def test_both_are_written_and_name_the_model(tmp_path):
    folder = tmp_path / "my digits"
    folder.mkdir()
    write_server_files(folder, 7)
    models, batching = ((folder / f"{name}.config").read_text() for name in ("models", "batching"))
    assert 'name: "my_digits"\n' in models
    assert 'base_path: "/models/my_digits"\n' in models
    assert 'version_labels { key: "stable" value: 7 }' in models
    sizes = [int(size) for size in re.findall(r"^allowed_batch_sizes: (\d+)$", batching, re.MULTILINE)]
    # A server refuses other lists.
    assert sizes == sorted(set(sizes))
    assert f"max_batch_size {{ value: {sizes[-1]} }}" in batching
    assert sorted(path.name for path in folder.iterdir()) == ["batching.config", "models.config"]


def test_what_a_person_wrote_stays(tmp_path):
    (tmp_path / "models.config").write_text("mine")
    write_server_files(tmp_path, 1)
    assert (tmp_path / "models.config").read_text() == "mine"
    assert (tmp_path / "batching.config").read_text().startswith("# Batching")


def test_a_model_has_a_name_wherever_it_lies(tmp_path):
    assert model_name(Path(tmp_path.anchor)) == "model"
