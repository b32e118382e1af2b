"""Adapting a task or a domain: what trains is written down, everything else stays as it is."""

from keras_modnet.adaptation.adapt_domain import adapt_domain
from keras_modnet.adaptation.adapt_task import adapt_task
from keras_modnet.adaptation.domain_result import DomainResult
from keras_modnet.adaptation.fit_domains import DomainTraining, fit_domains
from keras_modnet.adaptation.preset_ranking import PresetRanking, RankedPreset, rank_presets
from keras_modnet.adaptation.ranking import TaskRanking, rank_tasks
from keras_modnet.adaptation.result import AdaptationResult
from keras_modnet.adaptation.search import OrderingSearch, search_ordering

__all__ = [
    "AdaptationResult",
    "DomainResult",
    "DomainTraining",
    "OrderingSearch",
    "PresetRanking",
    "RankedPreset",
    "TaskRanking",
    "adapt_domain",
    "adapt_task",
    "fit_domains",
    "rank_presets",
    "rank_tasks",
    "search_ordering",
]
