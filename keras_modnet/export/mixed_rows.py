"""Rows of several tasks in one batch: each task that occurs runs once, on its own rows."""


def run_by_task(run, images, tasks, valid, width):
    """Returns what each row's task makes of its image; costs what the rows cost, however many tasks there are.

    Args:
        run: function from images `(n, height, width, channels)` and a task's index, a scalar of int32, to float32
            `(n, width)`; a loop calls it once for each task that occurs.
        images: float32 `(batch, height, width, channels)`.
        tasks: int32 `(batch,)`, the index of each row's task.
        valid: bool `(batch,)`: rows that run; the others are zeros.
        width: columns of what comes out.

    Returns:
        float32 `(batch, width)`.
    """
    import tensorflow as tf

    present = tf.unique(tf.boolean_mask(tasks, valid)).y

    def one_task(place, outputs):
        task = tf.gather(present, place)
        own = tf.where(valid & tf.equal(tasks, task))
        return place + 1, tf.tensor_scatter_nd_update(outputs, own, run(tf.gather_nd(images, own), task))

    count, outputs = tf.size(present), tf.zeros([tf.size(tasks), width])
    return tf.while_loop(lambda place, _: place < count, one_task, (0, outputs))[1]
