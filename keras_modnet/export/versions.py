"""Version folders as TensorFlow Serving expects them: whole numbers, each there complete or not at all."""

import contextlib
import os
import shutil
import uuid

from keras_modnet.checks import expect, expect_count


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

    Args:
        folder: `Path` of the folder of the versions; made where it is missing.
        version: number of the version.

    Yields:
        `Path` of a folder beside the version's place, hidden, so that a server passes it by.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    fresh = folder / f".{version}.{uuid.uuid4().hex[:12]}.new"
    try:
        fresh.mkdir(parents=True)
        yield fresh
        _flush(fresh)
        os.rename(fresh, folder / str(version))
    except BaseException:
        if fresh.exists():
            shutil.rmtree(fresh)
        for path in made:
            if path.exists() and not any(path.iterdir()):
                path.rmdir()
        raise


def _flush(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            # Renaming before the bytes are on the disk could leave empty files after a power cut.
            with open(path, "r+b") as file:
                os.fsync(file.fileno())
