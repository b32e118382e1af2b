import numpy as np
import pytest

from benchmarks.shared.budgets import bare_recipe, draw_images, num_classes, whole_split
from benchmarks.shared.smoke_data import SPLITS, write_smoke_data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arrays")
    write_smoke_data(folder)
    return str(folder)


def test_held_out_images_are_none_of_those_to_train_on(folder):
    (train, labels), (held_out, _) = draw_images("cifar10", (8, 8, 3), folder, 20, 10, seed=3)
    assert (len(train), len(labels), len(held_out)) == (20, 20, 10)
    seen = {image.tobytes() for image in train}
    assert len(seen) == 20
    assert not seen & {image.tobytes() for image in held_out}


def test_where_images_are_few_half_is_held_out_at_most(folder):
    (train, _), (held_out, _) = draw_images("cifar10", (8, 8, 3), folder, 1000, 1000, seed=0)
    assert len(train) == len(held_out) == SPLITS["train"] // 2


def test_the_seed_draws_the_images(folder):
    first, again, other = (draw_images("mnist", (8, 8, 1), folder, 20, 0, seed)[0][0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_domain_has_shape_and_classes(folder):
    images, labels = whole_split("emoji/noto", "test", (32, 32, 3), folder)
    assert (images.shape, labels.shape) == ((SPLITS["test"], 32, 32, 3), (SPLITS["test"],))
    assert num_classes("emoji/noto", (32, 32, 3), folder) == 2


def test_a_bare_recipe_takes_what_a_comparison_states():
    recipe = bare_recipe(data={"task": "mnist"}, model={}, epochs=2, search_epochs=1, learning_rate=0.5)
    assert (recipe.learning_rate, recipe.searched_tasks) == (0.5, ["task"])
