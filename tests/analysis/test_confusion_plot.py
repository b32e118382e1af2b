"""The confusion of classes is drawn in percent of each class, with names and numbers that can be read."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_modnet import ClassAccuracy, plot_confusion

ACCURACY = ClassAccuracy(("cat", "dog", "fox"), np.array([[3, 1, 0], [0, 8, 0], [0, 0, 0]]))


def test_rows_are_shares_of_each_class_and_a_class_without_images_is_left_out(tmp_path):
    figure = plot_confusion(ACCURACY, tmp_path / "new" / "confusion.png")
    axes = figure.axes[0]
    shares = np.array([[75, 25, 0], [0, 100, 0], [np.nan] * 3])
    np.testing.assert_array_equal(np.ma.filled(axes.images[0].get_array(), np.nan), shares)
    assert sorted(text.get_text() for text in axes.texts) == ["100", "25", "75"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "fox"]
    assert axes.get_title() == "91.7 % of 12 images recognized"
    assert (tmp_path / "new" / "confusion.png").stat().st_size > 0


def test_it_is_drawn_into_given_axes():
    figure = Figure()
    assert plot_confusion(ACCURACY, ax=figure.subplots()) is figure


def test_many_classes_are_drawn_without_numbers():
    names = tuple(f"class {index}" for index in range(120))
    axes = plot_confusion(ClassAccuracy(names, np.eye(120, dtype=int))).axes[0]
    assert not axes.texts
    assert 0 < len(axes.get_yticks()) < 120


def test_what_holds_no_images_is_refused():
    class Result:
        history, by_class = {}, None

    with pytest.raises(ValueError, match="`accuracy` must be a ClassAccuracy, or a result with images"):
        plot_confusion(Result())
