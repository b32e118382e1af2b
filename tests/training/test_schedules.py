import pytest

from keras_modnet.training.schedules import cosine, exponential


def test_exponential_has_equal_ratios_in_equal_times():
    # 4 -> 1 in two equal parts: 4, 2, 1.
    assert [exponential(4.0, 1.0, progress) for progress in (0.0, 0.5, 1.0)] == pytest.approx([4.0, 2.0, 1.0])


def test_cosine_starts_and_ends_flat_and_is_halfway_in_the_middle():
    values = [cosine(2.0, 1.0, progress) for progress in (-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0)]
    # 1 + (1 + cos(pi / 4)) / 2 = 1.853...
    assert values == pytest.approx([2.0, 2.0, 1.8535534, 1.5, 1.1464466, 1.0, 1.0])


def test_progress_beyond_its_ends_is_held():
    assert exponential(4.0, 1.0, -1.0) == 4.0
    assert exponential(4.0, 1.0, 3.0) == 1.0


@pytest.mark.parametrize(("start", "end", "argument"), [(0.0, 1.0, "start"), (1.0, -1.0, "end")])
def test_a_value_that_is_not_positive_is_refused(start, end, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be a positive number"):
        exponential(start, end, 0.5)
