"""Tasks have names of their own in Keras, and equal ones inside of TensorFlow, which keeps each for good."""

import pytest

import keras_modnet


@pytest.mark.parametrize("blocks", [None, [0, 1, 0]])
def test_a_further_task_brings_tensorflow_no_name_that_it_has_not_met(blocks):
    model = keras_modnet.ModNet((4, 4, 1), {"a": 2, "b": 2}, num_blocks=2, num_steps=2, width=4, patch_size=2)
    if blocks is not None:
        model.set_ordering("b", blocks)
    first, second = (model.task_layers[task].variables_by_name() for task in model.task_names)
    inner = {name: variable.value.name for name, variable in first.items()}
    assert inner == {name: variable.value.name for name, variable in second.items()}
    assert len(set(inner.values())) == len(inner) > 5
    for task, own in (("a", first), ("b", second)):
        assert {variable.path.partition("/")[0] for variable in own.values()} == {f"task_{task}"}
