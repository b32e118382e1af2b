"""A preset folder that is read as one: its files stay those of one writer, whoever replaces it in the meantime."""

import contextlib
import os
import time

from keras_modnet.converters.regular_files import open_regular
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import (
    CONFIG_FILE,
    METADATA_FILE,
    WEIGHTS_FILE,
    check_listed_bytes,
    read_listed_bytes,
    read_metadata_bytes,
)
from keras_modnet.presets.leftovers import bring_back, has_leftovers

TRIES = 50
"""How often a folder is read that is replaced each time; then it is not one that can be read."""

WAIT_SECONDS = 0.02


class OpenFolder:
    """The files of a folder, opened at once: a writer replaces the folder, and leaves these as they are.

    Args:
        path: `Path` of the folder.
        files: `contextlib.ExitStack` that closes them.

    Raises:
        PresetError: there is no such folder.
    """

    def __init__(self, path, files):
        self.path, self._files, self._opened = path, files, {}
        self._descriptor = _open_folder(path)
        if self._descriptor is not None:
            files.callback(os.close, self._descriptor)
        self.hold((METADATA_FILE, CONFIG_FILE, WEIGHTS_FILE))

    def hold(self, names):
        """Opens the files of these names that are not open yet; what is wrong with one is said where it is read."""
        for name in names:
            if name not in self._opened:
                try:
                    opening = open_regular(self.path / name, PresetError, follow_links=False, dir_fd=self._descriptor)
                    self._opened[name] = self._files.enter_context(opening)
                except PresetError as error:
                    self._opened[name] = error

    def opened(self, name):
        """Returns `(path, file, size)` of a file; raises the `PresetError` that it gave."""
        self.hold([name])
        opened = self._opened[name]
        if isinstance(opened, PresetError):
            raise opened
        return self.path / name, *opened

    def has(self, name):
        """Whether there is anything of this name in the folder."""
        with contextlib.suppress(OSError):
            os.lstat(self.path / name if self._descriptor is None else name, dir_fd=self._descriptor)
            return True
        return False

    def read_metadata(self):
        """Returns the bytes of `metadata.json`, unchecked but for their number."""
        return read_metadata_bytes(*self.opened(METADATA_FILE))

    def read_listed(self, name, metadata):
        """Returns the bytes of a file that `metadata` lists, checked as `files.read_listed_file` does it."""
        return read_listed_bytes(*self.opened(name), metadata["files"][name])

    def check_listed(self, name, metadata):
        """Checks a file that `metadata` lists as `read_listed` does, and keeps none of its bytes."""
        check_listed_bytes(*self.opened(name), metadata["files"][name])

    def was_replaced(self):
        """Whether another folder lies at the path by now, or none."""
        try:
            same = self._descriptor is None or os.path.samestat(os.stat(self.path), os.fstat(self._descriptor))
        except OSError:
            return True
        return not same


def read_folder(path, read):
    """Returns what `read` makes of a preset folder; it reads again where a writer replaced the folder meanwhile.

    Args:
        path: `Path` of the folder.
        read: function of the `OpenFolder`.

    Raises:
        PresetError: there is no such folder, or `read` raised it and nobody replaced the folder.
    """
    for _ in range(TRIES - 1):
        with contextlib.ExitStack() as files:
            folder = None
            try:
                folder = OpenFolder(path, files)
                return read(folder)
            except PresetError:
                if not (_comes_back(path) if folder is None else folder.was_replaced()):
                    raise
    with contextlib.ExitStack() as files:
        return read(OpenFolder(path, files))


def _open_folder(path):
    """Returns a descriptor of the folder, or None where the system has none."""
    if not path.is_dir():
        raise PresetError(path, "a preset folder", "a file" if path.exists() else "no such folder")
    if os.open not in os.supports_dir_fd:
        return None
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise PresetError(path, "a preset folder", error.strerror) from error


def _comes_back(path):
    """Whether a folder that is missing is being replaced, or was by a process that is dead: then it is brought back."""
    if not has_leftovers(path.resolve()):
        # A writer may have come to its end since.
        return path.is_dir()
    with contextlib.suppress(OSError):
        bring_back(path.resolve())
    time.sleep(WAIT_SECONDS)
    return True
