"""Which instructions a pickle of tensors consists of; any other is refused before the first one runs."""

import pickletools

from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.strict_json import MAX_INTEGER

MAX_INSTRUCTIONS = 250_000
"""Most instructions in one pickle; a tensor takes about forty."""

MAX_TUPLES = 8_000
"""Most tuples in one pickle, where a tensor takes four. Python hashes nested tuples by recursion without a limit of its
own, and a dict of keys whose hashes are made to be equal takes the square of their number."""

_TUPLES = {"TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"}
_MEMO = {"PUT", "BINPUT", "LONG_BINPUT", "GET", "BINGET", "LONG_BINGET"}
ALLOWED = (
    _TUPLES
    | _MEMO
    | {"PROTO", "FRAME", "STOP", "MARK", "MEMOIZE"}
    | {"NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"}
    | {"FLOAT", "BINFLOAT", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
    | {"SHORT_BINBYTES", "BINBYTES", "BINBYTES8"}
    | {"EMPTY_LIST", "APPEND", "APPENDS", "LIST", "EMPTY_TUPLE", "EMPTY_DICT", "DICT", "SETITEM", "SETITEMS"}
    | {"EMPTY_SET", "ADDITEMS", "GLOBAL", "STACK_GLOBAL", "REDUCE", "NEWOBJ", "BUILD", "BINPERSID"}
)


def check_opcodes(path, data):
    """Raises `CheckpointError` unless a pickle consists of allowed instructions alone.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: the pickle's bytes.
    """
    tuples = 0
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if count >= MAX_INSTRUCTIONS:
                raise CheckpointError(path, f"a pickle of at most {MAX_INSTRUCTIONS} instructions", "more of them")
            if type(argument) is int and abs(argument) > MAX_INTEGER:
                raise CheckpointError(path, "whole numbers of 64 bits", "a larger one")
            if opcode.name not in ALLOWED:
                raise CheckpointError(path, "a pickle of tensors and plain values", f"the instruction {opcode.name}")
            tuples += opcode.name in _TUPLES
            # The unpickler makes room for every index up to this one.
            if opcode.name in _MEMO and argument > len(data):
                raise CheckpointError(path, "a pickle that remembers what it holds", f"the place {argument}")
    except ValueError as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(path, "a whole pickle", str(error)) from error
    if tuples > MAX_TUPLES:
        raise CheckpointError(path, f"a pickle of at most {MAX_TUPLES} tuples", f"{tuples} of them")
