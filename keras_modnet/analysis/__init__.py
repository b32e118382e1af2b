"""Looking at orderings: pictures, distances, cards."""

from keras_modnet.analysis.plots import plot_orderings

__all__ = ["plot_orderings"]
