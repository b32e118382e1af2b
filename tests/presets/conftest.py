"""A preset of two tensors, and a way to change one behind its own back."""

import json

import numpy as np
import pytest

from keras_modnet.presets import write_preset
from keras_modnet.presets.hashing import metadata_digest, sha256_hex


@pytest.fixture
def config():
    return {
        "class": "ModNet",
        "keras_modnet_version": "0.1.0",
        "model": {
            "image_shape": (8, 8, 1),
            "resizing": "pad",
            "tasks": {"letters": {"num_classes": 26, "num_steps": 3}, "digits": {"num_classes": 10, "num_steps": 4}},
            "num_blocks": 2,
            "width": 4,
            "patch_size": 2,
            "num_steps": 3,
            "block": "basic",
            "norm": "batch",
            "mixing": "weights",
        },
    }


@pytest.fixture
def tensors():
    return {"stem/kernel": np.arange(6, dtype="float32").reshape(2, 3), "head/bias": np.array([1, 2], "float32")}


@pytest.fixture
def card():
    return {
        "description": "Two tasks on two blocks.",
        "licence": "MIT",
        "measured": {
            "digits": {"metric": "accuracy", "mean": 98.25, "std": 0.5, "seeds": [0, 1, 2], "shipped_seed": 1},
            "letters": {"metric": "mean reciprocal rank", "mean": 0.5},
        },
        "unique_parameters": 1234,
        "macs": {"digits": 2_500_000},
        "latency_ms": {"digits": 1.5},
    }


@pytest.fixture
def preset(tmp_path, config, tensors):
    return write_preset(tmp_path / "tiny", config, tensors, extra_files={"README.md": "# Tiny\n"})


@pytest.fixture
def alter_json():
    """Returns `alter(path, change)`: parses a JSON file, applies `change` in place and writes it back."""

    def alter(path, change):
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))

    return alter


@pytest.fixture
def seal(alter_json):
    """Returns `seal(preset)`: makes sizes, hashes and digest agree with the files again, as a forger would."""

    def sign(metadata, preset):
        for name, listed in metadata["files"].items():
            path = preset / name
            if path.is_file() and not path.is_symlink():
                listed.update(bytes=path.stat().st_size, sha256=sha256_hex(path.read_bytes()))
        metadata["digest"] = metadata_digest(metadata)

    def seal(preset):
        alter_json(preset / "metadata.json", lambda metadata: sign(metadata, preset))

    return seal
