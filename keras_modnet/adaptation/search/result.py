"""What searches of an ordering give back."""

import dataclasses

from keras_modnet.models.ordering import Ordering

_HEADER = ("edit", "blocks", "images", "error", "taken")


@dataclasses.dataclass(frozen=True)
class OrderingSearch:
    """What `search_ordering` found.

    Attributes:
        ordering: the `Ordering` that was found, hard.
        error_before: leave-one-out error of the ordering at the start.
        error_after: of the one that was found.
        orderings_tried: how many orderings were scored.
        seconds: wall-clock time.
    """

    ordering: Ordering
    error_before: float
    error_after: float
    orderings_tried: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class TriedEdit:
    """An ordering that `search_edits` tried.

    Attributes:
        edit: what was changed, in words; steps and blocks count from 0.
        blocks: the block of each step.
        images: how many images it was scored on; fewer than there are where it was dropped early.
        error: leave-one-out error on these.
        taken: whether the search went on from it.
    """

    edit: str
    blocks: tuple[int, ...]
    images: int
    error: float
    taken: bool = False


@dataclasses.dataclass(frozen=True)
class EditSearch(OrderingSearch):
    """What `search_edits` found; prints as the table of what it tried.

    Attributes:
        tried: a `TriedEdit` for each ordering, the start first.
        out_of_time: whether the budget of seconds ended the search.
    """

    tried: tuple[TriedEdit, ...]
    out_of_time: bool

    def __str__(self):
        """Returns the table."""
        rows = [_HEADER, *(_cells(row) for row in self.tried)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)


def _cells(row):
    blocks = " ".join(map(str, row.blocks))
    return row.edit, blocks, str(row.images), f"{row.error:.4f}", "yes" if row.taken else ""
