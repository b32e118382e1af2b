"""The zip archive that `torch.save` writes: its records, none believed before it is checked."""

import struct
import zipfile

from keras_modnet.converters.errors import CheckpointError

PICKLE = "data.pkl"
MAX_PICKLE_BYTES = 8 * 2**20
"""Largest description of the tensors. Those of networks with thousands of tensors stay under one MiB."""

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
            self._zip = zipfile.ZipFile(file)
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

    def read(self, name, num_bytes=None):
        """Returns the bytes of a record, whose check sum is right.

        Args:
            name: name without the folder.
            num_bytes: what its size has to be; None: any.

        Raises:
            CheckpointError: it is missing, damaged, or of another size.
        """
        record = self._records.get(name)
        if record is None:
            raise CheckpointError(self.path, f"a record '{name}'", "none")
        if num_bytes is not None and record.file_size != num_bytes:
            raise CheckpointError(self.path, f"record '{name}' of {num_bytes} bytes", f"{record.file_size} bytes")
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
        order = self.read("byteorder")[:16]
        if order not in (b"little", b"big"):
            raise CheckpointError(self.path, "a record 'byteorder' of 'little' or 'big'", repr(order))
        return "<" if order == b"little" else ">"
