"""A training is drawn with its loss and accuracy of each epoch."""

import pytest
from matplotlib.figure import Figure

from keras_modnet import plot_learning

LOGGED = {"loss": [2.0, 1.0], "val_loss": [3.0, 2.5], "accuracy": [0.5, 0.75], "val_accuracy": [0.25, 0.5]}


def lines_of(axes):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_epochs_are_counted_from_one_and_accuracies_are_percent(tmp_path):
    class History:
        history = LOGGED

    figure = plot_learning(History(), tmp_path / "learning.svg")
    accuracy, loss = figure.axes
    assert lines_of(accuracy) == {"training images": ([1, 2], [50, 75]), "validation images": ([1, 2], [25, 50])}
    assert lines_of(loss)["validation images"] == ([1, 2], [3.0, 2.5])
    assert (tmp_path / "learning.svg").stat().st_size > 0


def test_what_was_not_logged_is_left_out():
    [loss] = plot_learning({"loss": [1.0]}).axes
    assert lines_of(loss) == {"training images": ([1], [1.0])}


def test_one_metric_is_drawn_into_given_axes():
    figure = Figure()
    axes = figure.subplots()
    assert plot_learning(LOGGED, metric="loss", ax=axes) is figure
    assert len(axes.lines) == 2
    with pytest.raises(ValueError, match="`metric` must be one of"):
        plot_learning(LOGGED, metric="f1", ax=axes)


@pytest.mark.parametrize("history", [{}, {"loss": []}, None])
def test_no_epoch_is_refused(history):
    with pytest.raises(ValueError, match="`history` must be a history with the loss"):
        plot_learning(history)
