import pytest

from keras_modnet.checks import expect, expect_count, expect_number, expect_one_of, printable


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


@pytest.mark.parametrize("value", [0, -1, "1", None, True, float("nan"), float("inf"), 1e-300, 1e39, 10**400, [1]])
def test_a_number_is_one_that_float32_can_hold_in_its_range(value):
    with pytest.raises(ValueError, match=r"^`n` must be a finite number over 0\. Received: "):
        expect_number("n", value, above=0)


def test_numbers_from_a_minimum_hold_it():
    for value in (0, 0.5, 3):
        expect_number("n", value, minimum=0)
    with pytest.raises(ValueError, match=r"^`n` must be a finite number of at least 0\. Received: -1"):
        expect_number("n", -1, minimum=0)


def test_a_choice_is_of_the_type_of_the_choices():
    with pytest.raises(ValueError, match="`n` must be one of 1, 2"):
        expect_one_of("n", "1", (1, 2))


def test_texts_are_printable_and_keep_both_ends():
    assert printable("a\nb\x1b\ud800é") == "a\\nb\\x1b\\ud800é"
    long = printable("a" * 5000 + "b")
    assert (len(long), long[0], long[-1]) == (1000, "a", "b")
