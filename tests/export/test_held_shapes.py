"""Images of another size or of other channels are an error, whichever way they come to the graph."""

import numpy as np
import pytest
import tensorflow as tf

WRONG = [(2, 8, 2, 1), (2, 4, 4, 3), (2, 2, 8, 1), (2, 5, 4, 1)]


@pytest.mark.parametrize("name", ["digits", "serving_default", "vectors"])
@pytest.mark.parametrize("shape", WRONG)
def test_python_refuses_images_of_another_shape(served, name, shape):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not compatible with expected shape \[\?,4,4,1\]"):
        served.signatures[name](images=tf.zeros(shape))


@pytest.mark.parametrize("shape", WRONG)
def test_mixed_rows_refuse_them(served, shape):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not compatible with expected shape \[\?,4,4,1\]"):
        served.signatures["mixed"](images=tf.zeros(shape), task=tf.zeros(2, tf.int32))


@pytest.mark.parametrize("name", ["digits", "mixed"])
def test_the_graph_refuses_them_where_nothing_is_in_front_of_it(exported, name):
    """As through TensorFlow's C interface, which compares no array with a signature."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        any_shape = tf.compat.v1.placeholder(tf.float32, None)
        given = {f"{name}_images:0": any_shape}
        meta = tf.compat.v1.saved_model.load(session, ["serve"], str(exported.path), input_map=given)
        signature = meta.signature_def[name]
        feeds = {signature.inputs["task"].name: np.zeros(2, "int32")} if name == "mixed" else {}

        def run(images):
            return session.run(signature.outputs["logits"].name, feeds | {any_shape: images})

        assert len(run(np.zeros((2, 4, 4, 1), "float32"))) == 2
        with pytest.raises(tf.errors.InvalidArgumentError, match="not compatible with expected shape"):
            run(np.zeros((2, 2, 8, 1), "float32"))
