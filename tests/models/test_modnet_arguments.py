import pytest

import keras_modnet


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"image_shape": (9, 8, 1)}, "image_shape"),
        ({"image_shape": (8, 8)}, "image_shape"),
        ({"image_shape": (8, 0, 1)}, "image_shape"),
        ({"tasks": {}}, "tasks"),
        ({"tasks": ["digits"]}, "tasks"),
        ({"tasks": {"no word": 3}}, "name"),
        ({"tasks": {"digits": 0}}, r"tasks\['digits'\] num_classes"),
        ({"tasks": {"digits": {"num_classes": 3, "num_steps": 0}}}, r"tasks\['digits'\] num_steps"),
        ({"tasks": {"digits": {"classes": 3}}}, r"tasks\['digits'\]"),
        ({"num_blocks": 0}, "num_blocks"),
        ({"num_steps": 0}, "num_steps"),
        ({"width": 0}, "width"),
        ({"patch_size": 0}, "patch_size"),
        ({"block": "plain"}, "block"),
        ({"norm": "none"}, "norm"),
        ({"mixing": "both"}, "mixing"),
        ({"temperature": 0.0}, "temperature"),
        ({"logits_multiplier": 0.0}, "logits_multiplier"),
    ],
)
def test_an_argument_outside_its_range_is_named(change, argument):
    arguments = {"image_shape": (8, 8, 1), "tasks": {"digits": 3}, "patch_size": 2}
    with pytest.raises(ValueError, match=rf"^`{argument}` must be .* Received: "):
        keras_modnet.ModNet(**(arguments | change))


def test_tasks_may_have_steps_of_their_own():
    tasks = {"digits": 3, "letters": {"num_classes": 2, "num_steps": 5}}
    model = keras_modnet.ModNet((8, 8, 1), tasks, num_blocks=2, num_steps=4, width=4, patch_size=2)
    assert [model.ordering(task).num_steps for task in model.task_names] == [4, 5]
    assert [model.num_classes(task) for task in model.task_names] == [3, 2]
