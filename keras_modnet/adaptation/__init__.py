"""Adapting a task or a domain: what trains is written down, everything else stays as it is."""

from keras_modnet.adaptation.domains.adapt_domain import adapt_domain
from keras_modnet.adaptation.domains.fit_domains import DomainTraining, fit_domains
from keras_modnet.adaptation.domains.result import DomainResult
from keras_modnet.adaptation.ranking.presets import PresetRanking, RankedPreset, rank_presets
from keras_modnet.adaptation.ranking.tasks import TaskRanking, rank_tasks
from keras_modnet.adaptation.search.coordinate import search_ordering
from keras_modnet.adaptation.search.edits import search_edits
from keras_modnet.adaptation.search.result import EditSearch, OrderingSearch, TriedEdit
from keras_modnet.adaptation.tasks.adapt_task import adapt_task
from keras_modnet.adaptation.tasks.result import AdaptationResult
from keras_modnet.adaptation.tasks.settings import Objective, Search, Stopping

__all__ = [
    "AdaptationResult",
    "DomainResult",
    "DomainTraining",
    "EditSearch",
    "Objective",
    "OrderingSearch",
    "PresetRanking",
    "RankedPreset",
    "Search",
    "Stopping",
    "TaskRanking",
    "TriedEdit",
    "adapt_domain",
    "adapt_task",
    "fit_domains",
    "rank_presets",
    "rank_tasks",
    "search_edits",
    "search_ordering",
]
