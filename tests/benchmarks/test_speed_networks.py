import pytest

from benchmarks.speed.networks import CELL, TASK, TOY_CELL, cell_macs, make_modnet


@pytest.mark.parametrize("cell", [CELL, TOY_CELL, CELL | {"width": 8, "patch_size": 2, "num_steps": 3}])
def test_the_multiply_adds_of_a_cell_are_those_of_its_network(cell):
    assert cell_macs(cell) == make_modnet(cell, seed=0).count_macs(TASK)
