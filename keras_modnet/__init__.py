"""Modular networks for Keras 3: one bank of blocks, a learned ordering for every task."""

from keras_modnet.cli.started import is_command_line
from keras_modnet.version import __version__

# The command line answers before Keras and its backend are there; its commands import what they need.
if not is_command_line():
    from keras_modnet import callbacks, converters, layers
    from keras_modnet.adaptation import (
        AdaptationResult,
        DomainResult,
        DomainTraining,
        EditSearch,
        Objective,
        OrderingSearch,
        PresetRanking,
        Search,
        Stopping,
        TaskRanking,
        TriedEdit,
        adapt_domain,
        adapt_task,
        fit_domains,
        rank_presets,
        rank_tasks,
        search_edits,
        search_ordering,
    )
    from keras_modnet.analysis import plot_confusion, plot_learning, plot_orderings, suggest_edits
    from keras_modnet.data.image_files import read_images
    from keras_modnet.data.image_folders import ImageFolder
    from keras_modnet.data.resizing import fit_images
    from keras_modnet.export import ExportedModel, ExportedNetwork, export_network, export_saved_model
    from keras_modnet.models.decoding import decode_predictions
    from keras_modnet.models.from_checkpoint import from_checkpoint
    from keras_modnet.models.from_preset import from_preset
    from keras_modnet.models.modnet import ModNet
    from keras_modnet.models.ordering import Ordering
    from keras_modnet.models.predict_images import predict_images
    from keras_modnet.models.take_blocks import take_blocks
    from keras_modnet.presets import PresetError, list_presets, upload_preset
    from keras_modnet.training.averaging import average_blocks
    from keras_modnet.training.class_accuracy import ClassAccuracy, class_accuracy
    from keras_modnet.training.growth import grow_ordering
    from keras_modnet.training.layouts import bank_layout_map
    from keras_modnet.training.statistics import refresh_statistics

__all__ = [
    "AdaptationResult",
    "ClassAccuracy",
    "DomainResult",
    "DomainTraining",
    "EditSearch",
    "ExportedModel",
    "ExportedNetwork",
    "ImageFolder",
    "ModNet",
    "Objective",
    "Ordering",
    "OrderingSearch",
    "PresetError",
    "PresetRanking",
    "Search",
    "Stopping",
    "TaskRanking",
    "TriedEdit",
    "__version__",
    "adapt_domain",
    "adapt_task",
    "average_blocks",
    "bank_layout_map",
    "callbacks",
    "class_accuracy",
    "converters",
    "decode_predictions",
    "export_network",
    "export_saved_model",
    "fit_domains",
    "fit_images",
    "from_checkpoint",
    "from_preset",
    "grow_ordering",
    "layers",
    "list_presets",
    "plot_confusion",
    "plot_learning",
    "plot_orderings",
    "predict_images",
    "rank_presets",
    "rank_tasks",
    "read_images",
    "refresh_statistics",
    "search_edits",
    "search_ordering",
    "suggest_edits",
    "take_blocks",
    "upload_preset",
]
