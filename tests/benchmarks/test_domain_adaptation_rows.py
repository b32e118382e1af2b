import pytest

from benchmarks.domain_adaptation.data import SETS
from benchmarks.domain_adaptation.rows import budget_of
from keras_modnet.adaptation.domains.batches import EPOCH


@pytest.mark.parametrize("name", SETS)
def test_no_budget_is_rounded_up(name):
    assert budget_of(name)["batches"] % (2 * EPOCH) == 0
