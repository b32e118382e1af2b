"""What a forger does after a change: sizes, hashes and check sums are made right again."""

import hashlib
import json
import struct

from keras_modnet.presets.hashing import canonical_json, metadata_digest, sha256_hex

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.safetensors"


def seal(folder, tensors=None):
    """Makes sizes, hashes and digest of a preset agree with its files again.

    Args:
        folder: `Path` of the preset.
        tensors: what the metadata say of its tensors from now on; None: what they said.
    """
    metadata = json.loads((folder / METADATA).read_text())
    for name, listed in metadata["files"].items():
        content = (folder / name).read_bytes()
        listed.update(bytes=len(content), sha256=sha256_hex(content))
    metadata["tensors"] = tensors or metadata["tensors"]
    metadata["digest"] = metadata_digest(metadata)
    (folder / METADATA).write_text(json.dumps(metadata))


def described(tensors):
    """Returns what metadata say of tensors, `{name: array}`."""
    return {name: {"shape": list(array.shape), "dtype": array.dtype.name} for name, array in tensors.items()}


def split(content):
    """Returns header and tensors of safetensors bytes, or description and tensors of a task file."""
    (length,) = struct.unpack("<Q", content[:8])
    return content[8 : 8 + length], content[8 + length :]


def joined(header, tensors):
    """Returns the bytes that `split` takes apart.

    Args:
        header: plain data.
        tensors: bytes.
    """
    data = json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data + tensors


def task_digest(description, tensors):
    """Returns the digest of a task file, of its description and the bytes of its tensors."""
    without = {key: value for key, value in description.items() if key != "digest"}
    return hashlib.sha256(canonical_json(without) + tensors).hexdigest()
