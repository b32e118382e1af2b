import keras
import numpy as np
import pytest

from keras_modnet.layers import ClassifierHead
from keras_modnet.layers.head_stages import classify_settled, pool_settled, settled

FEATURES, CHANNELS = (6, 1), 4
# Arguments of a head, and the shape of what settles of one image.
HEADS = {
    "batch norm, relu": ({"norm": "batch"}, (*FEATURES, CHANNELS)),
    "batch norm": ({"norm": "batch", "activation": None}, (*FEATURES, CHANNELS)),
    "layer norm, relu": ({"norm": "layer"}, (*FEATURES, CHANNELS)),
    "layer norm": ({"norm": "layer", "activation": None}, (1, 1, CHANNELS)),
    "group norm": ({"norm": "group", "activation": None}, (1, 1, CHANNELS)),
    "pooled first, batch norm": ({"norm": "batch", "pool_first": True}, (1, 1, CHANNELS)),
    "pooled first, layer norm": ({"norm": "layer", "pool_first": True, "activation": None}, (1, 1, CHANNELS)),
    "no norm": ({"norm": None, "activation": None}, (CHANNELS,)),
    "no norm, relu": ({"norm": None}, (CHANNELS,)),
    "class token": ({"norm": "layer", "activation": None, "pooling": "class_token"}, (1, 1, CHANNELS)),
    "both": ({"norm": "layer", "activation": None, "pooling": "class_token_and_patches"}, (2, 1, CHANNELS)),
    "both, pooled first": (
        {"norm": "layer", "pool_first": True, "pooling": "class_token_and_patches"},
        (2, 1, CHANNELS),
    ),
    "both, no norm": ({"norm": None, "pooling": "class_token_and_patches"}, (2 * CHANNELS,)),
    "patches, batch norm": ({"norm": "batch", "pooling": "patches", "pool_first": True}, (1, 1, CHANNELS)),
}


def array(tensor):
    """A tensor as NumPy array, on torch without its gradient."""
    return np.array(keras.ops.convert_to_numpy(tensor))


def make_head(name, **arguments):
    """A head with scales, offsets and statistics as after training."""
    head = ClassifierHead(3, tokens_in_front=2, **(HEADS[name][0] | arguments))
    head.build((None, *FEATURES, CHANNELS))
    generator = np.random.default_rng(1)
    for variable in head.variables:
        variable.assign(generator.uniform(0.5, 1.5, variable.shape))
    return head


@pytest.fixture
def features():
    """Features of five images."""
    return np.random.default_rng(0).normal(1.0, 2.0, (5, *FEATURES, CHANNELS)).astype("float32")


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", HEADS)
def test_the_rest_of_the_way_gives_the_logits_and_the_statistics_of_the_whole(name, training, features):
    head, other = make_head(name), make_head(name)
    values = settled(head, features)
    assert values.shape == (5, *HEADS[name][1])
    expected = array(other(features, training=training))
    logits = array(classify_settled(head, values, training=training))
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
    for own, whole in zip(head.variables, other.variables, strict=True):
        np.testing.assert_allclose(array(own), array(whole), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", HEADS)
def test_what_settles_does_not_change_with_what_trains(name, features):
    head = make_head(name)
    before = array(settled(head, features))
    for variable in head.variables:
        variable.assign(2.0 * keras.ops.convert_to_tensor(variable) + 1.0)
    np.testing.assert_array_equal(array(settled(head, features)), before)


def test_what_is_pooled_is_that_of_the_whole_head(features):
    head = make_head("layer norm")
    normalizer = head.norms.begin(training=False)
    pooled = pool_settled(head, settled(head, features), normalizer)
    np.testing.assert_allclose(array(pooled), array(head.pool(features, normalizer)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", HEADS)
def test_under_half_precision_it_is_kept_in_float32_and_the_rest_runs_as_the_whole(name, features):
    head = make_head(name, dtype="mixed_bfloat16")
    half = keras.ops.cast(features, "bfloat16")
    values = settled(head, half)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    expected = array(head(half))
    # Scales and offsets come behind the rounding where they come behind the mean.
    np.testing.assert_allclose(array(classify_settled(head, values)), expected, rtol=2e-2, atol=2e-2)
