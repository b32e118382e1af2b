"""Version folders as TensorFlow Serving expects them: whole numbers, each there complete or not at all."""

import contextlib
import errno
import os

from keras_modnet.checks import expect, expect_count
from keras_modnet.presets.leftovers import fresh_folder, locked


class Publication:
    """A version that is being written.

    Args:
        fresh: `Path` to write it to: a folder beside its place, hidden, so that a server passes it by.

    Attributes:
        path: `Path` of its place once it is published; before None.
    """

    def __init__(self, fresh):
        self.fresh, self.path = fresh, None

    @property
    def version(self):
        """Its number."""
        return int(self.path.name)


def choose_version(folder, version):
    """Returns the number of the version to write.

    Args:
        folder: `Path` of the folder of the versions; may be missing.
        version: whole number from 0, or None for one more than the largest there, else 1.

    Raises:
        ValueError: the folder is a file, the version is none, or it is there already.
    """
    expect(not folder.exists() or folder.is_dir(), "folder", "a folder or a new path", str(folder))
    # By number and not by name: a server takes `1` and `01` for one version.
    names = [entry.name for entry in folder.iterdir()] if folder.exists() else []
    taken = {int(name) for name in names if name.isascii() and name.isdigit()}
    if version is None:
        return max(taken, default=0) + 1
    expect_count("version", version, minimum=0)
    expect(
        version not in taken, "version", f"one that {str(folder)!r} does not have, other than {sorted(taken)}", version
    )
    return version


@contextlib.contextmanager
def published(folder, version):
    """Gives a path to write a version to, and puts it in its place at the end; after an error nothing is left.

    Its number is taken at the end, so that of several exports at once each gets one. What exports that were killed have
    left in the folder is removed.

    Args:
        folder: `Path` of the folder of the versions; made where it is missing.
        version: number of the version, or None for one more than the largest there by then, else 1.

    Yields:
        `Publication`.

    Raises:
        ValueError: the version has come to be there in the meantime.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        # One hidden name for all versions, since none has a number yet.
        with fresh_folder(folder / "version") as fresh:
            publication = Publication(fresh)
            yield publication
            _flush(fresh)
            with locked(folder):
                publication.path = _put(fresh, folder, version)
    except BaseException:
        for path in made:
            # Another export may be there by now.
            with contextlib.suppress(OSError):
                path.rmdir()
        raise


def _put(fresh, folder, version):
    while True:
        path = folder / str(choose_version(folder, version))
        try:
            os.rename(fresh, path)
        except OSError as error:
            # Without locks somebody may have been faster.
            if version is not None or error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
        else:
            return path


def _flush(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            # Renaming before the bytes are on the disk could leave empty files after a power cut.
            with open(path, "r+b") as file:
                os.fsync(file.fileno())
