"""Puts a finished folder in its place by renaming, so that nobody ever sees half of it."""

import os
import shutil
import uuid


def publish_folder(target, files, owned):
    """Makes the folder `target` consist of `files`, whole or not at all.

    No file system swaps two folders in one portable call: replacing a former folder takes two renames, between which
    `target` is absent for an instant. If the second fails, the first is taken back.

    Args:
        target: resolved path of the folder.
        files: mapping of file name to bytes.
        owned: names in a former folder at `target` that go with it. Whatever else is in there is carried over,
            unless a new file has its name.

    Raises:
        OSError: if a file cannot be written or the folder not be moved to its place. The former folder is then where
            and what it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = uuid.uuid4().hex[:12]
    fresh = target.with_name(f".{target.name}.{mark}.new")
    former = target.with_name(f".{target.name}.{mark}.old")
    try:
        _write_files(fresh, files)
        _swap(fresh, target, former)
    finally:
        if fresh.exists():
            shutil.rmtree(fresh)
    if former.exists():
        _carry_over(former, target, owned)
        shutil.rmtree(former)


def _write_files(folder, files):
    folder.mkdir()
    for name, data in files.items():
        with open(folder / name, "wb") as file:
            file.write(data)
            file.flush()
            # Renaming before the bytes are on the disk could leave empty files after a power cut.
            os.fsync(file.fileno())


def _swap(fresh, target, former):
    if not target.exists():
        os.replace(fresh, target)
        return
    os.replace(target, former)
    try:
        os.replace(fresh, target)
    except BaseException:
        os.replace(former, target)
        raise


def _carry_over(former, target, owned):
    for entry in former.iterdir():
        place = target / entry.name
        if entry.name not in owned and not os.path.lexists(place):
            os.replace(entry, place)
