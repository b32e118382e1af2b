"""Puts models into the form that servers load: one SavedModel for all tasks."""

from keras_modnet.export.saved_model import ExportedModel, export_saved_model

__all__ = ["ExportedModel", "export_saved_model"]
