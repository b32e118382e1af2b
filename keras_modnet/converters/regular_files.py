"""How a file of a stranger is opened: a regular file, and nothing that waits for ever or has no end."""

import contextlib
import os
import stat

# What not every system has.
_NONBLOCK, _NOFOLLOW, _BINARY = (getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))


@contextlib.contextmanager
def open_regular(path, error, follow_links=True, dir_fd=None):
    """Opens a regular file for reading; a pipe, a device, a socket or a folder is refused, and none is waited for.

    What was opened is what is looked at, so that nobody can put something else in its place in between.

    Args:
        path: path of the file.
        error: class of the error, called with the path, what was expected and what was found.
        follow_links: whether symbolic links to a regular file are followed. Default True.
        dir_fd: descriptor of an open folder in which the file of this name lies; None: `path` is its whole path.

    Yields:
        `(file, size)`: the file, open for reading bytes, and its size in bytes.

    Raises:
        error: there is no such file, it is of another kind, or reading it fails.
    """
    place = path if dir_fd is None else os.path.basename(path)
    try:
        # Looked at before it is opened, too: opening a device may do something. Not relied on.
        _expect_regular(path, error, os.stat(place, dir_fd=dir_fd, follow_symlinks=follow_links))
        flags = os.O_RDONLY | _NONBLOCK | _BINARY | (0 if follow_links else _NOFOLLOW)
        descriptor = os.open(place, flags, dir_fd=dir_fd)
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            _expect_regular(path, error, status)
            yield file, status.st_size
    except OSError as failure:
        raise error(path, "a file that can be read", failure.strerror or str(failure)) from failure


def read_exactly(path, file, size, error):
    """Returns the next `size` bytes of a file, which have to be all that are left; arguments as `read_pieces`."""
    return b"".join(read_pieces(path, file, size, error))


def read_pieces(path, file, size, error):
    """Yields the next `size` bytes of a file, which have to be all that are left, a MiB at a time.

    Args:
        path: path of the file, for the error.
        file: what `open_regular` gave.
        size: number of bytes.
        error: class of the error, as for `open_regular`.
    """
    count = 0
    # Memory follows what is there, not what somebody says is there.
    while piece := file.read(min(2**20, size + 1 - count)):
        count += len(piece)
        if count > size:
            break
        yield piece
    if count != size:
        raise error(path, f"{size} bytes", f"{count} bytes or more: the file changes while it is read")


def fill(path, file, buffer, error):
    """Reads the next bytes of a file into a writable buffer of bytes, until that is full.

    Args:
        path: path of the file, for the error.
        file: what `open_regular` gave.
        buffer: `memoryview` of bytes.
        error: class of the error, as for `open_regular`.
    """
    place = 0
    while place < len(buffer):
        count = file.readinto(buffer[place : place + 2**24])
        if not count:
            raise error(path, f"{len(buffer)} bytes more", f"{place} bytes: the file changes while it is read")
        place += count


def _expect_regular(path, error, status):
    if stat.S_ISLNK(status.st_mode):
        raise error(path, "a regular file", "a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise error(path, "a regular file", "a folder" if stat.S_ISDIR(status.st_mode) else "a special file")
