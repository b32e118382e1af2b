"""All values of a network in one variable. Imports TensorFlow where it runs."""

import dataclasses

import numpy as np

# What begins and ends at a multiple of so many bytes is read as a view of the variable, all else is copied.
ALIGNMENT = 64
# Below so many values the copy costs less than the room in between.
LARGE = 1024


@dataclasses.dataclass(frozen=True)
class Place:
    """Where rows of values lie.

    Attributes:
        dtype: name of their dtype.
        first: where the first row begins.
        stride: how far from there the next one does.
        shape: of a row.
    """

    dtype: str
    first: int
    stride: int
    shape: tuple[int, ...]


class FlatValues:
    """Arrays one behind the other in one variable for each dtype, of which there is one as a rule.

    Each function of a SavedModel names all variables that it and what it calls read, with dtype and shape. With many
    variables that would be most of the file.

    Attributes:
        variables: TensorFlow's variables; none before `close`.
    """

    def __init__(self):
        self._parts, self._sizes, self._by_dtype = {}, {}, {}

    def put(self, rows, dtype):
        """Takes rows of values, an array `(num_rows, ...)`, and returns their `Place`."""
        import tensorflow as tf

        dtype = tf.as_dtype(dtype)
        flat = np.reshape(rows, (len(rows), -1))
        if flat.shape[1] >= LARGE:
            step = ALIGNMENT // dtype.size
            flat = np.pad(flat, [(0, 0), (0, -flat.shape[1] % step)])
            self._add(np.zeros(-self._sizes.get(dtype.name, 0) % step), dtype.name)
        place = Place(dtype.name, self._sizes.get(dtype.name, 0), flat.shape[1], np.shape(rows)[1:])
        self._add(flat.ravel(), dtype.name)
        return place

    def _add(self, values, dtype):
        self._parts.setdefault(dtype, []).append(values)
        self._sizes[dtype] = self._sizes.get(dtype, 0) + len(values)

    def close(self):
        """Makes the variables; nothing can be put behind it then."""
        import tensorflow as tf

        for dtype, parts in self._parts.items():
            self._by_dtype[dtype] = tf.Variable(tf.cast(np.concatenate(parts), dtype), trainable=False)

    @property
    def variables(self):
        """The variables."""
        return list(self._by_dtype.values())

    def read(self, places, rows):
        """Returns a row of each place; `rows` are their indices, int32 `(number of places,)`."""
        import tensorflow as tf

        if not places:
            return []
        firsts, strides, sizes = np.array([(p.first, p.stride, np.prod(p.shape)) for p in places], "int64").T
        starts = firsts + strides * tf.cast(rows, tf.int64)
        ends = [tf.split(where, len(places)) for where in (starts, starts + sizes)]
        parts = self._parts_between([place.dtype for place in places], *ends)
        return [tf.reshape(part, place.shape) for part, place in zip(parts, places, strict=True)]

    def read_one_of(self, places, index):
        """Returns the one row of the place with an index, a scalar; their shapes may differ in the first axis."""
        import tensorflow as tf

        ends = np.array([(p.first, p.first + np.prod(p.shape)) for p in places], "int64")
        start, stop = tf.split(tf.gather(ends, index), 2)
        (part,) = self._parts_between([places[0].dtype], [start], [stop])
        return tf.reshape(part, (-1, *places[0].shape[1:]))

    def _parts_between(self, dtypes, starts, stops):
        import tensorflow as tf

        # Each variable is read once.
        flat, strides = {dtype: self._by_dtype[dtype].read_value() for dtype in set(dtypes)}, tf.ones(1, tf.int64)
        return [
            tf.raw_ops.StridedSlice(input=flat[dtype], begin=start, end=stop, strides=strides)
            for dtype, start, stop in zip(dtypes, starts, stops, strict=True)
        ]
