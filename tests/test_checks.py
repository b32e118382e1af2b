import pytest

from keras_modnet.checks import expect, expect_count, expect_one_of


def test_error_says_argument_expected_and_received():
    with pytest.raises(ValueError, match=r"^`width` must be even\. Received: 'three'\.$"):
        expect(False, "width", "even", "three")
    expect(True, "width", "even", 2)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "1", None])
def test_count_is_a_whole_number(value):
    with pytest.raises(ValueError, match=r"^`n` must be a whole number of at least 1\. Received: "):
        expect_count("n", value)


def test_count_has_a_minimum():
    expect_count("n", 2, minimum=2)
    with pytest.raises(ValueError, match=r"^`n` must be a whole number of at least 2\. Received: 1\.$"):
        expect_count("n", 1, minimum=2)


def test_choices_are_listed():
    expect_one_of("norm", "batch", ("batch", "layer"))
    with pytest.raises(ValueError, match=r"^`norm` must be one of 'batch', 'layer'\. Received: 'group'\.$"):
        expect_one_of("norm", "group", ("batch", "layer"))
