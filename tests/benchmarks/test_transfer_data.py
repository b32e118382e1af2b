import numpy as np
import pytest

from benchmarks.transfer import data


@pytest.mark.parametrize("size", data.SIZES)
def test_a_draw_has_its_size_and_never_a_test_image(size):
    train, test = data.draw_task("optdigits", size, 0, (28, 28, 1), None)
    expected = 899 if size == "full" else min(int(size), np.bincount(train[1]).min()) * 10
    assert len(train[1]) >= expected
    assert len(train[1]) + len(test[1]) <= 1797
    if size != "full":
        assert (np.bincount(train[1]) <= int(size)).all()
    assert not {image.tobytes() for image in train[0]} & {image.tobytes() for image in test[0]}


def test_held_out_images_have_every_class_and_are_not_trained_on():
    images, labels = np.arange(30), np.arange(30) % 3
    (kept, _), (held, held_labels) = data.part((images, labels), seed=0)
    assert sorted([*kept, *held]) == list(range(30))
    assert np.bincount(held_labels).tolist() == [2, 2, 2]
