"""Adapting a task: what trains is written down, everything else stays as it is."""

from keras_modnet.adaptation.adapt_task import adapt_task
from keras_modnet.adaptation.preset_ranking import PresetRanking, RankedPreset, rank_presets
from keras_modnet.adaptation.ranking import TaskRanking, rank_tasks
from keras_modnet.adaptation.result import AdaptationResult
from keras_modnet.adaptation.search import OrderingSearch, search_ordering

__all__ = [
    "AdaptationResult",
    "OrderingSearch",
    "PresetRanking",
    "RankedPreset",
    "TaskRanking",
    "adapt_task",
    "rank_presets",
    "rank_tasks",
    "search_ordering",
]
