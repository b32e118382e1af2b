"""What an adaptation to a domain gives back."""

import dataclasses

from keras_modnet.models.ordering import Ordering
from keras_modnet.models.trainability import TrainableTable


@dataclasses.dataclass(frozen=True)
class DomainResult:
    """What `adapt_domain` did. Objectives are of the target's images: the lower, the better; labels play no part.

    Attributes:
        task: name of the task.
        parts: what was adapted.
        history: `{name: [value of each epoch]}` where something trained by gradients, `"score"` being the objective of
            what would run, the one before the first epoch included; else empty.
        ordering_before: the `Ordering` at the start.
        ordering_after: the `Ordering` at the end, hard or a mixture.
        start: name of the source whose ordering was best before anything was adapted; "mean" for a mixture of all.
        starts: `{source: objective of its ordering}`, with the statistics that were asked for.
        temperature: Gumbel-softmax temperature that was chosen; None where nothing was drawn.
        objective_source: control: of the task as it was.
        objective_statistics: control: of the ordering that was started from, with the target's statistics.
        objective_after: of what the task is now.
        orderings_tried: how many orderings were scored.
        trainable: table of what was adapted, with counts.
        trained_parameters: number of parameters that were adapted.
        seconds: wall-clock time.
    """

    task: str
    parts: tuple[str, ...]
    history: dict[str, list[float]]
    ordering_before: Ordering
    ordering_after: Ordering
    start: str
    starts: dict[str, float]
    temperature: float | None
    objective_source: float
    objective_statistics: float
    objective_after: float
    orderings_tried: int
    trainable: TrainableTable
    trained_parameters: int
    seconds: float
