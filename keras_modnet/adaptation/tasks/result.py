"""What an adaptation gives back."""

import dataclasses

from keras_modnet.adaptation.ranking.tasks import TaskRanking
from keras_modnet.adaptation.search.result import OrderingSearch
from keras_modnet.adaptation.tasks.result_table import result_lines
from keras_modnet.models.ordering import Ordering
from keras_modnet.models.trainability import TrainableTable
from keras_modnet.training.class_accuracy import ClassAccuracy


@dataclasses.dataclass(frozen=True)
class AdaptationResult:
    """What `adapt_task` did; prints as a short table.

    Attributes:
        task: name of the task.
        parts: what trained.
        history: `{name: [value of each epoch]}`, as Keras logs it.
        ordering_before: the `Ordering` at the start.
        ordering_after: the `Ordering` at the end, hard.
        trainable: table of what trained, with counts.
        trained_parameters: number of parameters that trained.
        seconds: wall-clock time.
        search: what `search_ordering` or `search_edits` found; None where orderings were drawn or not searched.
        ranking: what `rank_tasks` found, the source task first; None without `init_from="best"`.
        own_parameters: number of parameters that the task owns, each of four bytes in a task file.
        train_counts: `{name of a class: number of its training images}`; None where they came as a dataset.
        by_class: `ClassAccuracy` of the validation data or of what was held out; None where there was none.
    """

    task: str
    parts: tuple[str, ...]
    history: dict[str, list[float]]
    ordering_before: Ordering
    ordering_after: Ordering
    trainable: TrainableTable
    trained_parameters: int
    seconds: float
    search: OrderingSearch | None = None
    ranking: TaskRanking | None = None
    own_parameters: int = 0
    train_counts: dict[str, int] | None = None
    by_class: ClassAccuracy | None = None

    def __str__(self):
        """The table."""
        return "\n".join(result_lines(self))
