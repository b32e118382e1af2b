"""`gs://BUCKET/PATH`: presets in Google Cloud Storage, through `google-cloud-storage`.

Google's own client, and not `gcsfs`: that one stands on it, brings an event loop and gRPC beside it, and ties the
release of `fsspec`, which data sets want, too.
"""

import os
import re
import warnings

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import MAX_METADATA_BYTES, METADATA_FILE
from keras_modnet.presets.hashing import sha256_hex
from keras_modnet.presets.reading import parse_metadata
from keras_modnet.presets.sources.cache import cache_folder, keep_once
from keras_modnet.presets.sources.hubs import hub_errors, import_hub, split_handle

TIMEOUT_SECONDS = 30.0
"""How long the server may be silent."""

RETRY_SECONDS = 20.0
"""How long a request is tried again and again."""

_HANDLE = re.compile(r"gs://([a-z0-9][a-z0-9._-]*)/([^/#?\s]+(?:/[^/#?\s]+)*)/?")


def fetch(handle):
    """Returns the path of the preset folder that the handle names, in this package's cache.

    Storage has no versions that a handle could pin: give every release a path of its own. The bucket is asked for
    `metadata.json` each time, and for the rest only if that has changed. If nobody answers, the newest copy serves, and
    a warning says so.

    Args:
        handle: `gs://BUCKET/PATH`. The machine's Google credentials are used if it has any.

    Raises:
        PresetError: if storage refuses or gives other files than `metadata.json` lists, or nobody answers and no copy
            is kept.
    """
    bucket, path = split_handle(handle, _HANDLE, "gs")
    storage = import_hub(handle, "google.cloud.storage", "google-cloud-storage")
    copies = cache_folder() / "gs" / sha256_hex(f"{bucket}/{path}".encode())[:16]
    with hub_errors(handle, "a preset in Google Cloud Storage or a copy in the cache"):
        try:
            read = _reader(storage, bucket, path)
            data = read(METADATA_FILE, MAX_METADATA_BYTES)
        except _silence() as error:
            return _newest(handle, copies, error)
        metadata = parse_metadata(f"{handle}/{METADATA_FILE}", data)
        files = {name: listed["bytes"] for name, listed in metadata["files"].items()}
        folder = copies / metadata["digest"][:16]

        def fill(fresh):
            (fresh / METADATA_FILE).write_bytes(data)
            for name, size in files.items():
                (fresh / name).write_bytes(read(name, size))

        keep_once(folder, fill)
        # The time of the folder says which copy the bucket had last.
        os.utime(folder)
        return folder


def _reader(storage, bucket_name, path):
    """Returns a function that gives the bytes of the file `name`, if it has at most `limit` of them."""
    retry = storage.retry.DEFAULT_RETRY.with_timeout(RETRY_SECONDS)
    bucket = _client(storage).bucket(bucket_name)

    def read(name, limit):
        blob = bucket.blob(f"{path}/{name}")
        blob.reload(timeout=TIMEOUT_SECONDS, retry=retry)
        if blob.size > limit:
            raise PresetError(f"gs://{bucket_name}/{path}/{name}", f"at most {limit} bytes", f"{blob.size} bytes")
        return blob.download_as_bytes(timeout=TIMEOUT_SECONDS, retry=retry)

    return read


def _client(storage):
    from google.auth.exceptions import DefaultCredentialsError

    try:
        # Reading bills no project, but the client wants the name of one.
        return storage.Client(project="none")
    except DefaultCredentialsError:
        # Public buckets need no credentials.
        return storage.Client.create_anonymous_client()


def _silence():
    """Returns the errors that mean that nobody answered; a refusal is an answer."""
    from google.api_core.exceptions import RetryError, ServerError
    from google.auth.exceptions import TransportError
    from requests.exceptions import ConnectionError, Timeout

    return RetryError, ServerError, TransportError, ConnectionError, Timeout


def _newest(handle, copies, error):
    kept = sorted(copies.glob("[!.]*"), key=lambda folder: folder.stat().st_mtime) if copies.is_dir() else []
    if not kept:
        raise error
    warnings.warn(f"{handle}: nobody answers ({type(error).__name__}); the copy {kept[-1]} is used.", stacklevel=2)
    return kept[-1]
