"""SHA-256 of bytes and of JSON documents."""

import hashlib
import json


def sha256_hex(data):
    """Returns the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(document):
    """Returns the one spelling of a JSON document: sorted keys, no white space, ASCII only, as bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def metadata_digest(metadata):
    """Returns the SHA-256 of the canonical JSON of `metadata` without its own `digest` field.

    It finds damage and careless edits. Who recomputes it can change anything: it proves no author.
    """
    return sha256_hex(canonical_json({key: value for key, value in metadata.items() if key != "digest"}))
