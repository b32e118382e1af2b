import keras
import numpy as np
import pytest

from keras_modnet.adaptation.domains.objectives import entropy, information_maximization, objective_function


def value(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


SURE = 50 * np.eye(4, dtype="float32")
SAME = np.repeat(SURE[:1], 4, axis=0)
UNDECIDED = np.zeros((4, 4), "float32")


def test_entropy_is_zero_where_all_are_sure_and_the_logarithm_of_the_classes_where_none_is():
    assert value(entropy(SURE)) == pytest.approx(0, abs=1e-5)
    assert value(entropy(SAME)) == pytest.approx(0, abs=1e-5)
    assert value(entropy(UNDECIDED)) == pytest.approx(np.log(4), rel=1e-5)


def test_information_is_greatest_where_all_are_sure_of_different_classes():
    assert value(information_maximization(SURE)) == pytest.approx(-np.log(4), rel=1e-5)
    assert value(information_maximization(SAME)) == pytest.approx(0, abs=1e-5)
    assert value(information_maximization(UNDECIDED)) == pytest.approx(0, abs=1e-5)


def test_an_objective_is_a_name_or_a_function():
    assert objective_function("entropy") is entropy
    assert objective_function(value) is value
    with pytest.raises(
        ValueError, match=r"`objective` must be one of .* or a function of the logits\. Received: 'tent'"
    ):
        objective_function("tent")
