"""Looking at orderings: pictures, distances, cards, what an edit would change."""

from keras_modnet.analysis.edits import suggest_edits
from keras_modnet.analysis.plots import plot_orderings

__all__ = ["plot_orderings", "suggest_edits"]
