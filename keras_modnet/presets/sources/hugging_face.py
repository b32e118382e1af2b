"""`hf://OWNER/NAME@REVISION`: presets on the Hugging Face Hub, through `huggingface_hub`."""

import hashlib
import os
import re
from pathlib import Path

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import METADATA_FILE, read_metadata_file
from keras_modnet.presets.reading import parse_metadata
from keras_modnet.presets.sources.cache import cache_folder, keep_once, link_files
from keras_modnet.presets.sources.hubs import hub_errors, import_hub, split_handle
from keras_modnet.presets.sources.transfer import Received, TransferError

_HANDLE = re.compile(r"hf://([A-Za-z0-9][\w.-]*)/([A-Za-z0-9_][\w.-]*)(?:@([\w.-][\w./-]*))?", re.ASCII)


def fetch(handle):
    """Returns the path of the preset folder that the handle names.

    The hub's cache keeps the files once; the folder holds links to them, or copies where links cannot be, because a
    preset is never read through symbolic links, of which the hub's cache consists.

    Args:
        handle: `hf://OWNER/NAME`, with `@` and a commit, tag or branch if it is pinned. Without, the branch `main`.

    Raises:
        PresetError: if the hub does not give the files and its cache does not hold them.
    """
    owner, name, revision = split_handle(handle, _HANDLE, "hf")
    hub = import_hub(handle, "huggingface_hub", "huggingface_hub")
    repository = f"{owner}/{name}"
    with hub_errors(handle, "a preset on the Hugging Face Hub or in its cache"):
        # Metadata first, so that only what it lists is downloaded, however much else there is.
        snapshot = Path(hub.snapshot_download(repository, revision=revision, allow_patterns=[METADATA_FILE]))
        metadata = parse_metadata(f"{handle}/{METADATA_FILE}", _read_linked(snapshot / METADATA_FILE))
        names = [METADATA_FILE, *metadata["files"]]
        # The hub names a snapshot by its commit: both calls see the same one.
        hub.snapshot_download(repository, revision=snapshot.name, allow_patterns=names)
    files = {name: snapshot / name for name in names}
    folder = cache_folder() / "huggingface" / f"{owner}--{name}" / snapshot.name
    return keep_once(folder, lambda fresh: link_files(fresh, files))


def receive_file(handle, name, path):
    """Puts one file of a repository, a preset or not, at the path of a new file; the hub's cache keeps it, too.

    Args:
        handle: as `fetch` takes it.
        name: name of the file in the repository.
        path: path of a file that is this call's own.

    Returns:
        `Received`.

    Raises:
        TransferError: if the hub does not give the file and its cache does not hold it, or its package is missing.
    """
    repository, revision = split_repository(handle)
    try:
        hub = import_hub(handle, "huggingface_hub", "huggingface_hub")
        with hub_errors(handle, "a repository on the Hugging Face Hub or in its cache"):
            kept = hub.hf_hub_download(repository, name, revision=revision)
    except PresetError as error:
        raise TransferError(error.found) from error
    link_files(path.parent, {path.name: kept})
    with open(path, "rb") as file:
        return Received(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def split_repository(handle):
    """Returns `("OWNER/NAME", revision or None)` of a handle."""
    owner, name, revision = split_handle(handle, _HANDLE, "hf")
    return f"{owner}/{name}", revision


def _read_linked(path):
    return read_metadata_file(path.resolve())
