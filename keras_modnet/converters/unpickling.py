"""Reads the pickle of a checkpoint as data: every name in it stands for something inert of this module, or is refused.

Nothing is imported and nothing is called but what is written here.
"""

import dataclasses
import io
import pickle
import warnings

from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.opcodes import check_opcodes
from keras_modnet.converters.strict_json import MAX_INTEGER


@dataclasses.dataclass(frozen=True)
class StorageType:
    """The name of a type of storage, such as `torch.FloatStorage`."""

    dtype: str


@dataclasses.dataclass(frozen=True)
class Storage:
    """Where numbers are: a record of the archive.

    Attributes:
        dtype: NumPy's name of their type, or "bfloat16".
        key: name of the record inside of the folder `data`.
        size: how many numbers.
    """

    dtype: str
    key: str
    size: int


@dataclasses.dataclass(frozen=True)
class StoredTensor:
    """A tensor that is described and not read yet; offset and strides count numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class PlainDict(dict):
    """What an ordered dict comes back as; attributes that the pickle gives it are dropped."""

    def __setstate__(self, state):
        """Drops the attributes."""


class Ignored:
    """What an object beside the weights comes back as: nothing of it is kept."""

    def __init__(self, *args, **kwargs):
        """Takes and drops any arguments."""

    def __setstate__(self, state):
        """Drops the attributes."""


def _rebuild_tensor(storage, offset, shape, strides, *rest):
    counts = [offset, *shape, *strides]
    whole = all(type(count) is int and 0 <= count <= MAX_INTEGER for count in counts)
    if not (isinstance(storage, Storage) and whole and len(shape) == len(strides)):
        raise ValueError("a tensor whose description is malformed")
    return StoredTensor(storage, offset, tuple(shape), tuple(strides))


def _rebuild_parameter(tensor, *rest):
    if not isinstance(tensor, StoredTensor):
        raise ValueError("a parameter that is no tensor")
    return tensor


STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
# Objects that training scripts store beside the weights.
_BESIDE = (
    ("argparse", "Namespace"),
    ("torch", "Size"),
    ("torch", "device"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("_codecs", "encode"),
)
KNOWN = {
    ("collections", "OrderedDict"): PlainDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    **{("torch", name): StorageType(dtype) for name, dtype in STORAGES.items()},
    **dict.fromkeys(_BESIDE, Ignored),
}


class TensorUnpickler(pickle.Unpickler):
    """An unpickler that knows the names in `KNOWN` and no others.

    Args:
        path: path of the file, for errors.
        data: the pickle's bytes.
    """

    def __init__(self, path, data):
        super().__init__(io.BytesIO(data))
        self._path = path

    def find_class(self, module, name):
        """Returns what a name stands for here; the name itself is never looked up."""
        known = KNOWN.get((module, name))
        if known is None:
            found = f"the name {module}.{name}, which was neither imported nor run"
            raise CheckpointError(self._path, "a pickle of tensors and plain values", found)
        return known

    def persistent_load(self, pid):
        """Returns the `Storage` that a tensor refers to."""
        kind, storage_type, key, _, size = pid
        valid = kind == "storage" and isinstance(storage_type, StorageType)
        if not (valid and isinstance(key, str) and type(size) is int and 0 <= size <= MAX_INTEGER):
            raise ValueError("a storage whose description is malformed")
        return Storage(storage_type.dtype, key, size)


def unpickle(path, data):
    """Returns the object in a pickle: plain values, `StoredTensor`s, and `Ignored` for what lies beside.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: the pickle's bytes.

    Raises:
        CheckpointError: a name or an instruction that a pickle of tensors does not need, or a damaged pickle.
    """
    try:
        # Of texts with odd escapes Python warns; nothing honest has them.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_opcodes(path, data)
            return TensorUnpickler(path, data).load()
    except CheckpointError:
        raise
    except (
        *(pickle.UnpicklingError, EOFError, AttributeError, LookupError),
        *(TypeError, ValueError, ArithmeticError, MemoryError, RecursionError, Warning),
    ) as error:
        raise CheckpointError(path, "a pickle of tensors and plain values", f"a damaged one: {error}") from error
