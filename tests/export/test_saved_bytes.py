"""What a SavedModel stores: every value once, and one graph for all tasks."""

import math

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2


def stored_parameters(folder):
    stored = tf.train.list_variables(str(folder / "variables" / "variables"))
    return sum(math.prod(shape) for name, shape in stored if name.startswith("stored/"))


def sizes_of(model):
    return {name: math.prod(variable.shape) for name, variable in model.named_variables().items()}


def test_blocks_are_stored_once_for_all_tasks(exported, serving_model, write_tasks, tmp_path):
    sizes = sizes_of(serving_model)
    # Of three blocks two run.
    bank = sum(size // 3 * 2 for name, size in sizes.items() if name.startswith("bank/"))
    all_tasks = sum(size for name, size in sizes.items() if "/norm/" in name or "/head/" in name or "stem/" in name)
    assert stored_parameters(exported.path) == bank + all_tasks
    of_one = ("stem/", "tasks/digits/norm", "tasks/digits/head")
    one = bank + sum(size for name, size in sizes.items() if name.startswith(of_one))
    assert stored_parameters(write_tasks(serving_model, tmp_path, ["digits"])) == one


def test_steps_of_equal_norms_are_stored_once(make_model, give_norms, images, logits_of, write_tasks, tmp_path):
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [2, 0, 2])
    give_norms(model)
    model.add_task("copy", 2, init_from="digits")
    model.set_ordering("copy", [2, 0, 0])
    both = write_tasks(model, tmp_path / "both")
    answers = tf.saved_model.load(both).signatures["copy"](tf.constant(images))
    np.testing.assert_allclose(answers["logits"], logits_of(model, "copy", images), atol=1e-5)
    # The norms of its steps are the other task's.
    head = sum(size for name, size in sizes_of(model).items() if name.startswith("tasks/copy/head"))
    one = write_tasks(model, tmp_path / "one", ["digits"])
    assert stored_parameters(both) - stored_parameters(one) == head


def test_own_norms_are_stored_beside_those_that_blocks_carry(make_model, images, logits_of, write_tasks, tmp_path):
    model = make_model(compiled=False, block="convnext", norm="layer")
    model.set_own_norms("letters")
    for name, variable in model.named_variables().items():
        if name.startswith("tasks/letters/norm"):
            variable.assign(variable + 0.5)
    served = tf.saved_model.load(write_tasks(model, tmp_path)).signatures
    for task in model.task_names:
        answers = served[task](images=tf.constant(images))
        np.testing.assert_allclose(answers["logits"], logits_of(model, task, images), atol=1e-5)


def test_a_further_task_costs_thin_functions_and_no_network(make_model, write_tasks, tmp_path):
    model = make_model(compiled=False, tasks={f"task{index}": 3 for index in range(5)}, num_steps=6)
    size = {
        count: (
            write_tasks(model, tmp_path / str(count), list(model.task_names)[:count], image_bytes=True)
            / "saved_model.pb"
        )
        .stat()
        .st_size
        for count in (4, 5)
    }
    # Six steps of a network of their own would be 40 kB, twice.
    assert size[5] - size[4] < 8_000


def test_a_large_row_begins_where_it_is_read_as_a_view(make_model, write_tasks, tmp_path):
    from keras_modnet.export.flat_values import FlatValues

    values = FlatValues()
    small = values.put(np.arange(6.0).reshape(2, 3), "float32")
    large = values.put(np.arange(2100.0).reshape(2, 1050), "float32")
    values.close()
    assert (small.first, small.stride) == (0, 3)
    assert large.first % 16 == large.stride % 16 == 0
    read = values.read([small, large], tf.constant([1, 1]))
    np.testing.assert_array_equal(read[0], [3.0, 4.0, 5.0])
    np.testing.assert_array_equal(read[1], np.arange(1050.0, 2100.0))


@pytest.mark.parametrize("hint", ["_output_shapes", "_input_shapes"])
def test_shapes_of_inner_operations_are_not_noted(exported, hint):
    saved = saved_model_pb2.SavedModel.FromString((exported.path / "saved_model.pb").read_bytes())
    library = saved.meta_graphs[0].graph_def.library
    assert len(library.function) > 20
    assert not any(hint in node.attr for function in library.function for node in function.node_def)
    assert not any(hint in function.attr for function in library.function)
