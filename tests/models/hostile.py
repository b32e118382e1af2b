"""Changes of a preset behind its own back, with sizes and hashes made right again, as a forger would."""

import json

from safetensors.numpy import load, save

from keras_modnet.presets.hashing import metadata_digest, sha256_hex


def seal(preset):
    """Makes sizes, hashes and digest agree with the files."""
    metadata = json.loads((preset / "metadata.json").read_text())
    for name, listed in metadata["files"].items():
        data = (preset / name).read_bytes()
        listed.update(bytes=len(data), sha256=sha256_hex(data))
    metadata["digest"] = metadata_digest(metadata)
    (preset / "metadata.json").write_text(json.dumps(metadata))


def change_arguments(preset, change):
    """Calls `change` with the arguments of the model."""
    config = json.loads((preset / "config.json").read_text())
    change(config["model"])
    (preset / "config.json").write_text(json.dumps(config))
    seal(preset)


def change_tensors(preset, changed):
    """Puts arrays in the place of others of their names, and lists them."""
    tensors = load((preset / "model.safetensors").read_bytes()) | changed
    (preset / "model.safetensors").write_bytes(save(tensors))
    metadata = json.loads((preset / "metadata.json").read_text())
    for name, array in changed.items():
        metadata["tensors"][name] = {"shape": list(array.shape), "dtype": array.dtype.name}
    (preset / "metadata.json").write_text(json.dumps(metadata))
    seal(preset)
