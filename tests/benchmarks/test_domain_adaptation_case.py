import keras
import numpy as np
import pytest

import keras_modnet
from benchmarks.domain_adaptation.case import TASK, Case


@pytest.fixture
def new_model(monkeypatch):
    """Returns `new_model(set, scratch, copies)`: a network for labels of three classes."""
    monkeypatch.setattr(Case, "read", lambda case, domain, split: (None, np.arange(3)))
    network = {"num_blocks": 5, "num_steps": 3, "width": 4}

    def make(name, scratch, copies=1):
        return Case(name, None, (), 0, {}, network, "folder", scratch).new_model(copies)

    return make


def test_networks_of_photographs_start_from_the_steps_of_a_preset(new_model):
    preset = keras_modnet.from_preset("cifar10_reuse")
    blocks = preset.ordering("cifar10").blocks
    theirs = preset.named_variables()
    for copies in (1, 2):
        model = new_model("pacs", False, copies)
        assert (model.task_names, model.num_classes(TASK)) == ((TASK,), 3)
        assert (model.bank.num_blocks, model.ordering(TASK).blocks) == (8 * copies, tuple(range(8)))
        for name, variable in model.named_variables().items():
            value = keras.ops.convert_to_numpy(variable)
            if name.startswith("bank/"):
                expected = keras.ops.convert_to_numpy(theirs[name])[list(blocks) * copies]
                np.testing.assert_array_equal(value, expected)
            elif name.startswith(f"tasks/{TASK}/norm/"):
                named = name.replace(TASK, "cifar10")
                np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(theirs[named]))


@pytest.mark.parametrize(("name", "scratch"), [("digits", False), ("pacs", True)])
@pytest.mark.parametrize(("copies", "num_blocks"), [(1, 5), (2, 2 * 3)])
def test_other_networks_start_from_scratch(new_model, name, scratch, copies, num_blocks):
    model = new_model(name, scratch, copies)
    assert (model.bank.num_blocks, model.features_shape[-1]) == (num_blocks, 4)
