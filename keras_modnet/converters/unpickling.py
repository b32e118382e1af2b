"""Reads the pickle of a checkpoint as data: every name in it stands for something inert of this module, or is refused.

Nothing is imported and nothing is called but what is written here.
"""

import dataclasses
import warnings

from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.instructions import run_instructions
from keras_modnet.converters.strict_json import MAX_INTEGER

MAX_AXES = 8
"""Most axes of one tensor; a kernel has four."""


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

    def __init__(self, arguments=()):
        """Takes no arguments: one long list could be taken again and again."""
        if arguments:
            raise ValueError("an ordered dict that is not made empty")
        super().__init__()

    def __setstate__(self, state):
        """Drops the attributes."""


class Ignored:
    """What an object beside the weights comes back as: nothing of it is kept."""

    def __init__(self, arguments=()):
        """Drops the arguments."""

    def __setstate__(self, state):
        """Drops the attributes."""


def _rebuild_tensor(arguments):
    storage, offset, shape, strides = arguments[:4]
    axes = isinstance(shape, tuple) and isinstance(strides, tuple) and len(shape) == len(strides) <= MAX_AXES
    whole = axes and all(type(count) is int and 0 <= count <= MAX_INTEGER for count in (offset, *shape, *strides))
    if not (isinstance(storage, Storage) and whole):
        raise ValueError("a tensor whose description is malformed")
    return StoredTensor(storage, offset, shape, strides)


def _rebuild_parameter(arguments):
    if not isinstance(arguments[0], StoredTensor):
        raise ValueError("a parameter that is no tensor")
    return arguments[0]


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
# What a name stands for: a type of storage, or a class or function of a tuple, the arguments.
KNOWN = {
    ("collections", "OrderedDict"): PlainDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    **{("torch", name): StorageType(dtype) for name, dtype in STORAGES.items()},
    **dict.fromkeys(_BESIDE, Ignored),
}


def unpickle(path, data):
    """Returns the object in a pickle: plain values, `StoredTensor`s, and `Ignored` for what lies beside.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: the pickle's bytes.

    Raises:
        CheckpointError: a name or an instruction that a pickle of tensors does not need, or a damaged pickle.
    """

    def find(module, name):
        known = KNOWN.get((module, name))
        if known is None:
            found = f"the name {module}.{name}, which was neither imported nor run"
            raise CheckpointError(path, "a pickle of tensors and plain values", found)
        return known

    try:
        # Of texts with odd escapes Python warns; nothing honest has them.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return run_instructions(path, data, find, _storage)
    except CheckpointError:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError, Warning) as error:
        raise CheckpointError(path, "a pickle of tensors and plain values", f"a damaged one: {error}") from error


def _storage(pid):
    kind, storage_type, key, _, size = pid
    valid = kind == "storage" and isinstance(storage_type, StorageType)
    if not (valid and isinstance(key, str) and type(size) is int and 0 <= size <= MAX_INTEGER):
        raise ValueError("a storage whose description is malformed")
    return Storage(storage_type.dtype, key, size)
