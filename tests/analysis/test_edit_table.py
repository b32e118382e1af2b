import pytest

from keras_modnet import Ordering
from keras_modnet.analysis.edit_table import Edit, EditTable


def row(kind, accuracy, macs, step=0):
    blocks = Ordering.from_blocks((0, 1), 2)
    return Edit(kind, step, None, blocks, accuracy, accuracy - 50.0, 1.25, macs, 0.5)


def test_the_best_edit_is_the_most_accurate_then_the_cheapest_then_the_first():
    table = EditTable([row("none", 50.0, 20), row("repeat", 60.0, 30), row("remove", 60.0, 10), row("swap", 60.0, 10)])
    assert table.best() is table[2]
    assert table.best(("none", "repeat")) is table[1]
    assert table.best(("none",)) is table[0]
    with pytest.raises(ValueError, match=r"`kinds` must be some of \['none', 'remove', 'repeat', 'swap'\]"):
        table.best(("insert",))


def test_the_table_prints_the_highest_accuracy_first():
    table = EditTable([row("none", 50.0, 2000, step=None), row("repeat", 40.0, 3000), row("remove", 60.0, 1000)])
    header, *lines = str(table).splitlines()
    assert header.split("  ")[0] == "edit"
    assert [line.split()[0] for line in lines] == ["remove(0)", "none", "repeat(0)"]
    assert lines[0].split() == ["remove(0)", "0", "1", "60.00", "+10.00", "1.25", "1,000", "0.50"]
