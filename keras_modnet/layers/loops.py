"""A loop over the rows of tensors that a compiler sees once, however many rows there are."""

import keras
from keras import ops

# From about here on tracing and compiling each step costs more than a loop does.
UNROLLED_STEPS = 24


def unrolls_best(num_steps):
    """Returns whether so many steps are better unrolled into the graph than run in a loop.

    A loop costs little, and its trace does not grow. Torch has no graph.
    """
    return num_steps <= UNROLLED_STEPS or keras.backend.backend() == "torch" or slow_inside()


def slow_inside():
    """Returns whether convolutions inside a loop or a choice of the graph are slow: on JAX, on a CPU.

    There XLA has its fast convolutions on the outside alone; inside, a step takes many times as long.
    """
    on_jax = keras.backend.backend() == "jax"
    return on_jax and all(device.startswith("cpu") for device in keras.distribution.list_devices())


def loop_over_rows(body, x, rows, outputs):
    """Runs `x, output = body(x, row)` for every row, in a loop of the graph where the backend has graphs.

    Args:
        body: function of `x` and a row to a new `x` of the same shape and dtype, and outputs.
        x: a tensor.
        rows: nested dict of tensors with the same first axis; a row has that axis taken off.
        outputs: `{name: tensor}` with the shape and dtype of the outputs of one row; may be empty.

    Returns:
        The last `x`, and `{name: (num_rows, ...)}`.
    """
    if keras.backend.backend() == "jax":
        return ops.scan(body, x, rows)
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_loop(body, x, rows, outputs)
    num_rows = keras.tree.flatten(rows)[0].shape[0]
    done = []
    for index in range(num_rows):
        x, output = body(x, keras.tree.map_structure(lambda value, index=index: value[index], rows))
        done.append(output)
    return x, {name: ops.stack([output[name] for output in done]) for name in outputs}


def _tensorflow_loop(body, x, rows, outputs):
    # Keras's `scan` on TensorFlow wants outputs of the shape of `x`, and has no gradient under XLA, which has to know
    # the number of rounds: `maximum_iterations`.
    import tensorflow as tf

    flat = keras.tree.flatten(rows)
    num_rows = flat[0].shape[0]

    def array(value, shape):
        return tf.TensorArray(value.dtype, num_rows, element_shape=shape)

    read = [array(value, value.shape[1:]).unstack(value) for value in flat]
    written = {name: array(value, value.shape) for name, value in outputs.items()}

    def one_round(index, x, written):
        row = keras.tree.pack_sequence_as(rows, [values.read(index) for values in read])
        x, output = body(x, row)
        return index + 1, x, {name: values.write(index, output[name]) for name, values in written.items()}

    _, x, written = tf.while_loop(
        lambda index, *_: index < num_rows, one_round, (tf.constant(0), x, written), maximum_iterations=num_rows
    )
    return x, {name: values.stack() for name, values in written.items()}
