"""The zip archive that `torch.save` writes: its records, none believed before it is checked."""

import struct
import zipfile

from keras_modnet.converters.errors import CheckpointError

PICKLE = "data.pkl"
MAX_PICKLE_BYTES = 2 * 2**20
"""Largest description of the tensors. Those of networks with thousands of tensors stay under one MiB."""

MAX_LIST_BYTES = 2**18
"""Largest list of records, some 80 bytes for each tensor: of 3,000 tensors."""

_FAULTS = (zipfile.BadZipFile, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Archive:
    """Records of one archive, by their names without the folder that all are in.

    Every record is stored as it is, so that no record can grow on being read, and none lies inside of another.

    Args:
        path: path of the file, for errors.
        file: the file, open for reading bytes.
        size: its size in bytes.

    Raises:
        CheckpointError: no zip file, or one that `torch.save` does not write.
    """

    def __init__(self, path, file, size):
        self.path = path
        try:
            limited = _Limited(file)
            self._zip = zipfile.ZipFile(limited)
            limited.limit = None
        except _FAULTS as error:
            raise CheckpointError(path, "a whole zip archive as torch.save writes it", str(error)) from error
        records = self._zip.infolist()
        names = [record.filename for record in records]
        if len(set(names)) < len(names):
            raise CheckpointError(path, "records with different names", "one name twice")
        for record in records:
            self._check_record(record)
        total = sum(record.file_size for record in records)
        if total > size:
            raise CheckpointError(path, f"records of at most the file's {size} bytes together", f"{total} bytes")
        folders = [name.removesuffix(PICKLE) for name in names if name.endswith(f"/{PICKLE}") and name.count("/") == 1]
        if len(folders) != 1:
            raise CheckpointError(path, f"one record {PICKLE} in one folder", f"{len(folders)} of them")
        folder = folders[0]
        self._records = {
            record.filename.removeprefix(folder): record for record in records if record.filename.startswith(folder)
        }

    def _check_record(self, record):
        stored = record.compress_type == zipfile.ZIP_STORED and record.compress_size == record.file_size
        if not stored or record.flag_bits & 1:
            found = "one that is compressed or encrypted"
            raise CheckpointError(self.path, f"record '{record.filename}' stored as it is", found)

    def has(self, name):
        """Whether there is a record of this name."""
        return name in self._records

    def expect_bytes(self, name, num_bytes):
        """Raises `CheckpointError` unless there is a record `name`, of a size of `num_bytes`."""
        record = self._records.get(name)
        if record is None:
            raise CheckpointError(self.path, f"a record '{name}'", "none")
        if record.file_size != num_bytes:
            raise CheckpointError(self.path, f"record '{name}' of {num_bytes} bytes", f"{record.file_size} bytes")

    def read(self, name, num_bytes=None):
        """Returns the bytes of a record, whose check sum is right.

        Args:
            name: name without the folder.
            num_bytes: what its size has to be; None: any.

        Raises:
            CheckpointError: it is missing, damaged, or of another size.
        """
        record = self._records.get(name)
        self.expect_bytes(name, record.file_size if record is not None and num_bytes is None else num_bytes)
        try:
            return self._zip.read(record)
        except _FAULTS as error:
            raise CheckpointError(self.path, f"record '{name}' undamaged", str(error)) from error

    def read_pickle(self):
        """Returns the bytes of the pickle that describes the tensors."""
        size = self._records[PICKLE].file_size
        if size > MAX_PICKLE_BYTES:
            raise CheckpointError(self.path, f"a pickle of at most {MAX_PICKLE_BYTES} bytes", f"{size} bytes")
        return self.read(PICKLE)

    def byte_order(self):
        """Returns "<" or ">": in which order the bytes of a number are stored."""
        if not self.has("byteorder"):
            return "<"
        # Its size first, so that nothing else is read under this name.
        size = min(self._records["byteorder"].file_size, len(b"little"))
        order = self.read("byteorder", size)
        if order not in (b"little", b"big"):
            raise CheckpointError(self.path, "a record 'byteorder' of 'little' or 'big'", repr(order))
        return "<" if order == b"little" else ">"


class _Limited:
    """A file that refuses to read much at once while the list of records is read, whose size the file itself states."""

    def __init__(self, file):
        self._file, self.limit = file, MAX_LIST_BYTES

    def read(self, count=-1):
        if self.limit is None:
            return self._file.read(count)
        if count > self.limit:
            raise ValueError(f"a list of records of {count} bytes, where {self.limit} are the most")
        # Without a count it is the end of the file that is read.
        return self._file.read(count if count >= 0 else self.limit)

    def __getattr__(self, name):
        return getattr(self._file, name)
