"""Tasks have names of their own in Keras, and equal ones inside of TensorFlow, which keeps each for good."""

import keras_modnet


def test_a_further_task_brings_tensorflow_no_name_that_it_has_not_met():
    model = keras_modnet.ModNet((4, 4, 1), {"a": 2, "b": 2}, num_blocks=2, num_steps=2, width=4, patch_size=2)
    by_task = [
        {name.removeprefix(f"tasks/{task}/"): v for name, v in model.named_variables().items() if f"/{task}/" in name}
        for task in model.task_names
    ]
    first, second = ({name: variable.value.name for name, variable in own.items()} for own in by_task)
    assert first == second
    assert len(set(first.values())) == len(first) > 5
    assert not {v.path for v in by_task[0].values()} & {v.path for v in by_task[1].values()}
