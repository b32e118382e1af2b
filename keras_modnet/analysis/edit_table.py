"""What `suggest_edits` found: edits of an ordering as rows of a table."""

import dataclasses

from keras_modnet.checks import expect
from keras_modnet.models.ordering import Ordering


@dataclasses.dataclass(frozen=True)
class Edit:
    """One edit of a task's ordering, scored.

    Attributes:
        kind: "repeat", "insert", "remove", "swap", or "none" for the ordering as it is.
        step: the step that is edited, from 0; None for "none".
        other: the block of an "insert", the second step of a "swap", else None.
        ordering: the `Ordering` after the edit, for `ModNet.set_ordering` of the model as it was scored.
        accuracy: on the dataset, in percent.
        accuracy_change: accuracy minus that of the ordering as it is, in percentage points.
        standard_error: of `accuracy_change`, in percentage points: `sqrt(variance / n)` of the differences in
            correctness over the same n images. It says how sure one change is, not the largest of many.
        macs: multiply-adds of one image, norms not counted.
        milliseconds: median time of one image through a static network with as many steps, on this machine.
    """

    kind: str
    step: int | None
    other: int | None
    ordering: Ordering
    accuracy: float
    accuracy_change: float
    standard_error: float
    macs: int
    milliseconds: float


class EditTable(tuple):
    """Rows of `Edit`, the ordering as it is first; prints as a table, the highest accuracy first."""

    __slots__ = ()

    def best(self, kinds=None):
        """Returns the edit with the highest accuracy; among equals the one with the fewest MACs, then the first.

        Args:
            kinds: kinds to choose from; default all, "none" among them.

        Raises:
            ValueError: the table has no edit of these kinds.
        """
        rows = [edit for edit in self if kinds is None or edit.kind in kinds]
        expect(rows, "kinds", f"some of {sorted({edit.kind for edit in self})}", kinds)
        return min(rows, key=_rank)

    def __str__(self):
        """The table: an edit as the call of the `Ordering`, ± the standard error of the change."""
        table = [("edit", "ordering", "accuracy, %", "change, points", "± standard error", "MACs", "ms an image")]
        for edit in sorted(self, key=_rank):
            values = ", ".join(str(value) for value in (edit.step, edit.other) if value is not None)
            change = (f"{edit.accuracy_change:+.2f}", f"{edit.standard_error:.2f}")
            cost = (f"{edit.macs:,}", f"{edit.milliseconds:.2f}")
            blocks = " ".join(map(str, edit.ordering.blocks))
            call = edit.kind if edit.kind == "none" else f"{edit.kind}({values})"
            table.append((call, blocks, f"{edit.accuracy:.2f}", *change, *cost))
        widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
        aligned = (str.ljust, str.ljust, *[str.rjust] * 5)
        lines = [[align(*cell) for align, *cell in zip(aligned, line, widths, strict=True)] for line in table]
        return "\n".join("  ".join(line).rstrip() for line in lines)


def _rank(edit):
    return -edit.accuracy, edit.macs
