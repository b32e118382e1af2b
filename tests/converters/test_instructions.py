"""A pickle is a list of instructions, each of which takes little and changes nothing outside of the pickle."""

import pickle
import struct

import pytest

from keras_modnet.converters import CheckpointError
from keras_modnet.converters.instructions import MAX_INSTRUCTIONS
from keras_modnet.converters.unpickling import KNOWN, unpickle

SHARED = ["again"]
PLAIN = [
    *(
        None,
        True,
        False,
        0,
        7,
        -1,
        300,
        70_000,
        -(2**40),
        1.5,
        "text",
        "é\n",
        b"bytes",
        b"",
        (),
        (1,),
        (1, 2),
        (1, 2, 3),
    ),
    *((1, 2, 3, 4), [], [1], [1, [2]], {}, {"a": 1}, {"a": {1: (2.5, None)}, b"b": [True]}, [SHARED, SHARED]),
]


@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_values_come_back_as_python_reads_them(protocol):
    for value in PLAIN:
        if protocol == 2 and "b'" in repr(value):
            # It has bytes as a call.
            continue
        found = unpickle("a.pth", pickle.dumps(value, protocol))
        assert found == value
        assert type(found) is type(value)


def test_what_is_remembered_is_one_object():
    first, second = unpickle("a.pth", pickle.dumps([SHARED, SHARED], 2))
    assert first is second


@pytest.mark.parametrize("value", [3, 1.5, "text", [1, 2], {"a": 1}])
def test_numbers_written_as_text_are_refused(value):
    with pytest.raises(CheckpointError, match="a pickle of tensors and plain values; found the instruction"):
        unpickle("a.pth", pickle.dumps(value, 0))


@pytest.mark.parametrize("name", [name for name, known in KNOWN.items() if name[0] in ("torch", "torch._utils")])
def test_what_a_name_stands_for_cannot_be_changed_by_a_file(name):
    # Python's own unpickler writes these into the object, which every later file would be read with.
    state = b"}X\x05\0\0\0dtypeX\x04\0\0\0int8s"
    before = dict(KNOWN[name].__dict__)
    with pytest.raises(CheckpointError, match=r"attributes for a (function|type|StorageType)"):
        unpickle("a.pth", b"c" + "\n".join(name).encode() + b"\n" + state + b"b.")
    assert KNOWN[name].__dict__ == before


def nested(depth):
    """A tuple that holds one tuple twice, that another one twice, and so on."""
    return b")q\x01" + b"h\x01h\x01\x86q\x01" * depth


@pytest.mark.parametrize(
    "data",
    [
        b"}q\x02" + nested(60) + b"h\x02h\x01Ns.",
        b"}q\x02" + nested(60) + b"h\x02(h\x01Nu.",
    ],
)
def test_a_key_that_takes_for_ever_to_hash_is_refused(data):
    with pytest.raises(CheckpointError, match="a damaged one: a tuple as a key"):
        unpickle("a.pth", data)


def test_an_ordered_dict_takes_no_list_of_others_again_and_again():
    with pytest.raises(CheckpointError, match="an ordered dict that is not made empty"):
        unpickle("a.pth", b"ccollections\nOrderedDict\n(](X\x01\0\0\0aNtatR.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b".", "pop from empty list"),
        (b"(.", "pop from empty list"),
        (b"t.", "pop from empty list"),
        (b"N\x86.", "pop from empty list"),
        (b"NNa.", "a NoneType in place of a list"),
        (b")(Ne.", "a tuple in place of a list"),
        (b"]NNs.", "keys and values for a list"),
        (b"}(Nu.", "keys and values for a dict"),
        (b"]Nb.", "attributes for a list"),
        (b"}Nb.", "attributes for a dict"),
        (b"ctorch._utils\n_rebuild_parameter\n)\x81.", "a function in place of a class"),
        (b"}]Ns.", "a list as a key"),
        (b"NN\x93.", "a name that is no text"),
        (b"ctorch\nSize\nNR.", "arguments that are no tuple"),
        (b"N)R.", "'NoneType' object is not callable"),
        (b"NQ.", "cannot unpack"),
    ],
)
def test_instructions_that_make_no_sense_are_refused(data, message):
    with pytest.raises(CheckpointError, match=f"a damaged one: .*{message}"):
        unpickle("a.pth", data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"N", "exhausted"),
        (b"\x80\x06N.", "protocol 6"),
        (b"\x95\x03" + bytes(7) + b"N.", "a frame of 3 bytes"),
        (b"\x95\x01" + bytes(7) + b"K\x01.", "an instruction that lies in two frames"),
        (b"\x95\x0b" + bytes(7) + b"\x95\x02" + bytes(7) + b"N.", "an instruction that lies in two frames"),
    ],
)
def test_what_is_no_whole_pickle_is_refused(data, message):
    with pytest.raises(CheckpointError, match=f"expected a whole pickle; found .*{message}"):
        unpickle("a.pth", data)


def test_so_many_instructions_are_read_and_no_more():
    assert unpickle("a.pth", b"N" * (MAX_INSTRUCTIONS - 1) + b".") is None
    with pytest.raises(CheckpointError, match=f"at most {MAX_INSTRUCTIONS} instructions; found more"):
        unpickle("a.pth", b"N" * MAX_INSTRUCTIONS + b".")


def test_a_tensor_has_as_many_axes_as_a_kernel_may_have():
    pid = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0aNK\x01tQ"
    for axes in (8, 9):
        shape = b"(" + b"K\x01" * axes + b"t"
        data = b"ctorch._utils\n_rebuild_tensor_v2\n(" + pid + b"K\0" + shape + shape + b"tR."
        if axes == 8:
            assert unpickle("a.pth", data).shape == (1,) * 8
        else:
            with pytest.raises(CheckpointError, match="a tensor whose description is malformed"):
                unpickle("a.pth", data)


def test_a_whole_number_is_one_of_64_bits():
    assert unpickle("a.pth", b"\x8a\x08" + struct.pack("<q", 2**63 - 1) + b".") == 2**63 - 1
    with pytest.raises(CheckpointError, match="whole numbers of 64 bits; found a larger one"):
        unpickle("a.pth", b"\x8a\x09" + (2**63).to_bytes(9, "little") + b".")
