"""Puts models into the form that servers load: one SavedModel for all tasks, or a file of one network."""

from keras_modnet.export.network_export import ExportedNetwork, export_network
from keras_modnet.export.saved_model import ExportedModel, export_saved_model

__all__ = ["ExportedModel", "ExportedNetwork", "export_network", "export_saved_model"]
