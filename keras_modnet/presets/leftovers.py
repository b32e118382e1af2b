"""What writers make beside the place it goes to, and what those leave behind that are killed.

A folder or file on its way lies hidden beside its place as `.NAME.MARK.new`, a former folder that makes way for it as
`.NAME.MARK.old`. A process holds a lock on what it is making, which ends with the process: what nobody holds is left
over. Systems and disks without such locks go by its age.
"""

import contextlib
import os
import re
import shutil
import stat
import time
import uuid

try:
    import fcntl
except ImportError:  # Windows.
    fcntl = None

ABANDONED_SECONDS = 24 * 60 * 60
"""Age from which on something unfinished is left over, where there are no locks."""

LOCK_SECONDS = 60.0
"""How long a writer waits for others at the same folder, who only rename something."""

TRIES = 10


def hidden_name(path, ending):
    """Returns a new hidden path beside `path`; `ending` is `"new"` or `"old"`."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.{ending}")


def leftovers(path, ending):
    """Returns what lies beside `path` under such names, the newest last; some may belong to a living process."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{12}}\.{ending}")
    try:
        found = [entry for entry in path.parent.iterdir() if pattern.fullmatch(entry.name)]
    except OSError:
        return []
    return sorted(found, key=_changed)


def has_leftovers(path):
    """Whether a former folder lies beside `path`."""
    return bool(leftovers(path, "old"))


@contextlib.contextmanager
def fresh_folder(path):
    """Gives an empty hidden folder beside `path` that is to become `path` by renaming; it goes where it does not.

    What processes that are dead have left there is removed.

    Args:
        path: `Path` of the folder; the folder above it is made where it is missing.

    Yields:
        `Path` of the hidden folder.
    """
    with _fresh(path, os.mkdir) as fresh:
        yield fresh


@contextlib.contextmanager
def fresh_file(path):
    """Gives an empty hidden file as `fresh_folder` gives a folder; the folder above has to be there."""
    with _fresh(path, _make_file) as fresh:
        yield fresh


@contextlib.contextmanager
def locked(folder, seconds=LOCK_SECONDS):
    """Returns a context that no two processes are in for the same folder.

    Args:
        folder: `Path` of the folder.
        seconds: how long to wait for others.

    Yields:
        Whether there is a lock; False on a system or a disk that has none.

    Raises:
        TimeoutError: others are in there for longer.
    """
    with _opened(folder) as descriptor:
        end = time.monotonic() + seconds
        while (held := _try_lock(descriptor)) is False:
            if time.monotonic() > end:
                raise TimeoutError(f"another process has kept {folder} locked for {seconds:.0f} seconds")
            time.sleep(0.005)
        yield bool(held)


def bring_back(path):
    """Puts the folder `path` back that a dead process moved away and did not replace; nothing where there is none.

    Raises:
        OSError: another process is at it, or it cannot be put back.
    """
    if has_leftovers(path):
        with locked(path.parent, seconds=0.0) as alone:
            bring_back_locked(path, alone)


def bring_back_locked(path, alone):
    """Does so inside `locked(path.parent)`, which gave `alone`; returns the former folders that are left beside it."""
    former = [entry for entry in leftovers(path, "old") if alone or _is_old(entry)]
    if former and not os.path.lexists(path):
        os.replace(former.pop(), path)
    return former


def put_first(fresh, path):
    """Puts a whole file in its place unless somebody else's is there already, which stays.

    Args:
        fresh: `Path` of the file, on the same disk; it may stay there, too.
        path: `Path` of its place.
    """
    try:
        # A link appears whole or not at all and, unlike a renamed file, replaces nothing.
        os.link(fresh, path)
    except FileExistsError:
        return
    except OSError:
        # A disk without links: the last of several processes at the same instant wins.
        if not os.path.lexists(path):
            os.replace(fresh, path)


def discard(path):
    """Removes a hidden folder or file; what of it cannot be removed stays for the next writer."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def _fresh(path, make):
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_dead(path)
    for _ in range(TRIES):
        fresh = hidden_name(path, "new")
        make(fresh)
        with _opened(fresh) as descriptor:
            # In between somebody may have taken it for left over.
            if _try_lock(descriptor) is False or not fresh.exists():
                continue
            try:
                yield fresh
            finally:
                discard(fresh)
            return
    raise OSError(f"no place of one's own beside {path} in {TRIES} tries")


def _remove_dead(path):
    for entry in leftovers(path, "new"):
        with _opened(entry) as descriptor:
            free = _try_lock(descriptor)
            if free or (free is None and _is_old(entry)):
                discard(entry)


@contextlib.contextmanager
def _opened(path):
    """Gives a descriptor of a folder or regular file, or None where it cannot be opened."""
    descriptor = None
    with contextlib.suppress(OSError):
        if fcntl is not None and stat.S_IFMT(os.lstat(path).st_mode) in (stat.S_IFREG, stat.S_IFDIR):
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _try_lock(descriptor):
    """Returns True with the lock, False where somebody else has it, None where there are none."""
    if descriptor is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _make_file(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))


def _changed(path):
    try:
        # Renaming changes this time, and not that of the content.
        return os.lstat(path).st_ctime
    except OSError:
        return 0.0


def _is_old(path):
    return time.time() - _changed(path) > ABANDONED_SECONDS
