"""The rows of wide networks: at equal parameters, at equal multiply-adds, and the table that compares them."""

import dataclasses

import pytest

from benchmarks.wide_reuse.rows import Row, network_rows
from benchmarks.wide_reuse.run import _mean_macs, _recipe
from benchmarks.wide_reuse.table import table
from training.loop import make_model

JOB = {"width": 8, "seed": 0, "data_dir": None, "smoke": True}


def test_every_repeated_row_has_its_blocks_once_and_as_many_different_ones_beside_it():
    rows = network_rows()
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert Row(row.blocks) in rows or row.blocks > 2
        assert Row(row.blocks * row.runs) in rows


@pytest.mark.parametrize(
    ("row", "blocks", "share"),
    [(Row(2), [0, 1], 1.0), (Row(1, 4), [0, 0, 0, 0], 1.0), (Row(2, 2, grown=True), [0, 0, 1, 1], 0.75)],
)
def test_a_row_runs_its_blocks_in_a_row_and_counts_what_training_costs(row, blocks, share):
    recipe = _recipe(JOB | dataclasses.asdict(row))
    model = make_model(recipe, 0, {"cifar10": 10})
    assert list(model.ordering("cifar10").blocks) == blocks
    ends = model.stem.macs() + 8 * 10
    # A network that grows ran each block once for the first half of the epochs.
    assert _mean_macs(model, recipe) - ends == pytest.approx(share * (model.count_macs("cifar10") - ends))


def test_the_table_has_a_line_for_each_row_in_order():
    cost = {"parameters": 5, "macs": 2e6, "training_teramacs": 3.0, "train_accuracy_percent": 60.0}
    runs = [
        {"width": 128, **dataclasses.asdict(row), "accuracy_percent": value, **cost}
        for row, value in ((Row(2, 4, grown=True), 70.0), (Row(2), 50.0), (Row(2), 52.0))
    ]
    lines = table({"runs": runs}).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| 2 blocks, run once",
        "| 2 blocks, run 4 times, grown from once",
    ]
    assert "51.00 ± 1.41" in lines[2]
