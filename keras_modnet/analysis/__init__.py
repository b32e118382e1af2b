"""Looking at orderings: pictures, distances, what tasks share beyond chance, cards, what an edit would change."""

from keras_modnet.analysis.block_graph import plot_block_graph
from keras_modnet.analysis.card_facts import model_facts
from keras_modnet.analysis.cards import render_card
from keras_modnet.analysis.confusion_plot import plot_confusion
from keras_modnet.analysis.cost_plot import plot_accuracy_costs
from keras_modnet.analysis.distances import block_use_overlap, ordering_distances
from keras_modnet.analysis.edits import suggest_edits
from keras_modnet.analysis.history_plot import plot_ordering_history
from keras_modnet.analysis.learning_plot import plot_learning
from keras_modnet.analysis.organisation_plot import plot_organisation
from keras_modnet.analysis.plots import plot_orderings
from keras_modnet.analysis.similarity import RelatednessTest, relatedness_test, shuffled_distances
from keras_modnet.analysis.similarity_plot import plot_similarity

__all__ = [
    "RelatednessTest",
    "block_use_overlap",
    "model_facts",
    "ordering_distances",
    "plot_accuracy_costs",
    "plot_block_graph",
    "plot_confusion",
    "plot_learning",
    "plot_ordering_history",
    "plot_orderings",
    "plot_organisation",
    "plot_similarity",
    "relatedness_test",
    "render_card",
    "shuffled_distances",
    "suggest_edits",
]
