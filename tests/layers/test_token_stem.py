import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import TokenStem

RNG = np.random.default_rng(7)


def filled(stem, shape):
    stem.build(shape)
    for variable in stem.variables:
        variable.assign(RNG.normal(size=variable.shape))
    return {name: ops.convert_to_numpy(variable) for name, variable in stem.variables_by_name().items()}


def test_tokens_are_the_class_token_registers_and_patches_row_by_row_with_their_positions():
    stem = TokenStem(3, 2, mean=10.0, std=2.0, register_tokens=2)
    values = filled(stem, (None, 4, 6, 1))
    images = RNG.uniform(0, 20, (2, 4, 6, 1)).astype("float32")
    tokens = ops.convert_to_numpy(stem(images))
    assert tokens.shape == (2, 1 + 2 + 6, 1, 3) == tuple(stem.compute_output_shape((2, 4, 6, 1)))
    np.testing.assert_allclose(tokens[1, 0, 0], values["class_token"] + values["positions"][0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(tokens[1, 1:3, 0], values["register_tokens"], rtol=1e-5, atol=1e-5)
    # The last but one patch: second row, second column.
    patch = ((images[1, 2:4, 2:4] - 10) / 2).reshape(4) @ values["kernel"].reshape(4, 3) + values["bias"]
    np.testing.assert_allclose(tokens[1, 3 + 4, 0], patch + values["positions"][1 + 4], rtol=1e-4, atol=1e-4)


def test_names_of_register_tokens_are_there_where_there_are_some():
    names = ["kernel", "bias", "class_token", "positions"]
    assert list(filled(TokenStem(3, 2), (None, 2, 2, 1))) == names
    assert list(filled(TokenStem(3, 2, register_tokens=1), (None, 2, 2, 1))) == [
        *names[:3],
        "register_tokens",
        names[3],
    ]


@pytest.mark.parametrize("count", [-1, 1.0, True])
def test_a_number_of_register_tokens_is_a_whole_one(count):
    with pytest.raises(ValueError, match="`register_tokens` must be a whole number, 0 or more"):
        TokenStem(4, 2, register_tokens=count)
