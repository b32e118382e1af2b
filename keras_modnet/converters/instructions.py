"""Runs the instructions of a pickle that a pickle of tensors consists of; none does more than what is written here.

Python's own unpickler lets these few do more: change the objects that it is handed, or hash tuples in each other,
which takes for ever. Those that write numbers as text are not of them: since protocol 2 no pickle has any.
"""

import pickle
import pickletools

from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.strict_json import MAX_INTEGER

MAX_INSTRUCTIONS = 50_000
"""Most instructions in one pickle; a tensor takes about forty, and the largest networks have some 600."""

_VALUES = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT"),
    *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_KEYS = (str, bytes, int, float, bool, type(None))


def run_instructions(path, data, find, storage):
    """Returns the object in a pickle.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: the pickle's bytes.
        find: function of a module and a name, what that stands for: something inert, or a class or function of a tuple,
            the arguments that it is called with. Objects whose class has `__setstate__` can be given attributes.
        storage: function of what stands for something that is stored elsewhere.

    Raises:
        CheckpointError: an instruction that a pickle of tensors does not need, or too many.
        TypeError, ValueError, LookupError: instructions that make no sense, or what `find` and `storage` raise.
    """
    machine = _Machine(find, storage)
    for count, (name, argument) in enumerate(_instructions(path, data)):
        if count >= MAX_INSTRUCTIONS:
            raise CheckpointError(path, f"a pickle of at most {MAX_INSTRUCTIONS} instructions", "more of them")
        if type(argument) is int and abs(argument) > MAX_INTEGER:
            raise CheckpointError(path, "whole numbers of 64 bits", "a larger one")
        if name in _VALUES:
            machine.stack.append(argument)
        elif name in _CONSTANTS:
            machine.stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            machine.make_tuple(_TUPLES[name])
        elif name in _METHODS:
            _METHODS[name](machine, argument)
        else:
            raise CheckpointError(path, "a pickle of tensors and plain values", f"the instruction {name}")
    return machine.stack.pop()


def _instructions(path, data):
    end = 0
    try:
        for opcode, argument, place in pickletools.genops(data):
            if opcode.name == "PROTO" and argument > pickle.HIGHEST_PROTOCOL:
                raise ValueError(f"protocol {argument}")
            # Of the frame that instructions lie in.
            end = 0 if place == end else end
            if 0 < end < place or (opcode.name == "FRAME" and end):
                raise ValueError("an instruction that lies in two frames")
            if opcode.name == "FRAME":
                end = place + 9 + argument
            if end > len(data):
                raise ValueError(f"a frame of {argument} bytes")
            # Python's own unpickler would make room for all places up to this one.
            if opcode.name == "LONG_BINPUT" and argument > len(data):
                raise ValueError(f"the place {argument} in {len(data)} bytes")
            yield opcode.name, argument
    except ValueError as error:
        raise CheckpointError(path, "a whole pickle", str(error)) from error


class _Machine:
    """The stack on which instructions work, those under each mark, and what is remembered."""

    def __init__(self, find, storage):
        self.find, self.storage = find, storage
        self.stack, self.under, self.memory = [], [], {}

    def nothing(self, argument):
        """What says something of the pickle alone."""

    def mark(self, argument):
        self.under.append(self.stack)
        self.stack = []

    def marked(self):
        """Returns what lies above the last mark, and takes both away."""
        values, self.stack = self.stack, self.under.pop()
        return values

    def remember(self, place):
        self.memory[len(self.memory) if place is None else place] = self.stack[-1]

    def recall(self, place):
        if place not in self.memory:
            raise LookupError(f"there is no value remembered as {place}")
        self.stack.append(self.memory[place])

    def make_tuple(self, count):
        values = [self.stack.pop() for _ in range(count)]
        self.stack.append(tuple(reversed(values)))

    def marked_tuple(self, argument):
        values = tuple(self.marked())
        self.stack.append(values)

    def empty_list(self, argument):
        self.stack.append([])

    def empty_dict(self, argument):
        self.stack.append({})

    def append(self, argument):
        self._extend([self.stack.pop()])

    def extend(self, argument):
        self._extend(self.marked())

    def _extend(self, values):
        if not isinstance(self.stack[-1], list):
            raise TypeError(f"a {type(self.stack[-1]).__name__} in place of a list")
        self.stack[-1].extend(values)

    def set_item(self, argument):
        value, key = self.stack.pop(), self.stack.pop()
        self._set([key, value])

    def set_items(self, argument):
        self._set(self.marked())

    def _set(self, values):
        target = self.stack[-1]
        if not isinstance(target, dict) or len(values) % 2:
            raise TypeError(f"keys and values for a {type(target).__name__}")
        for key, value in zip(values[::2], values[1::2], strict=True):
            # Others may take for ever to compare.
            if not isinstance(key, _KEYS):
                raise TypeError(f"a {type(key).__name__} as a key")
            target[key] = value

    def name(self, argument):
        self.stack.append(self.find(*argument.split(" ", 1)))

    def name_on_stack(self, argument):
        name, module = self.stack.pop(), self.stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise TypeError("a name that is no text")
        self.stack.append(self.find(module, name))

    def call(self, argument):
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple):
            raise TypeError("arguments that are no tuple")
        self.stack.append(function(arguments))

    def call_class(self, argument):
        if not isinstance(self.stack[-2], type):
            raise TypeError(f"a {type(self.stack[-2]).__name__} in place of a class")
        self.call(argument)

    def give_attributes(self, argument):
        attributes, target = self.stack.pop(), self.stack[-1]
        if not hasattr(type(target), "__setstate__"):
            raise TypeError(f"attributes for a {type(target).__name__}")
        target.__setstate__(attributes)

    def elsewhere(self, argument):
        self.stack.append(self.storage(self.stack.pop()))


_METHODS = {
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), _Machine.nothing),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE"), _Machine.remember),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), _Machine.recall),
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call_class,
    "MARK": _Machine.mark,
    "TUPLE": _Machine.marked_tuple,
    "EMPTY_LIST": _Machine.empty_list,
    "EMPTY_DICT": _Machine.empty_dict,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.extend,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.name_on_stack,
    "BUILD": _Machine.give_attributes,
    "BINPERSID": _Machine.elsewhere,
}
