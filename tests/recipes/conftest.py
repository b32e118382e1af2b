"""Two tiny recipes: two tasks whose orderings are searched, and one classifier that grows; and data for both."""

import dataclasses

import keras
import numpy as np
import pytest

from training import recipe_files
from training.recipe import Recipe


@pytest.fixture(scope="session")
def searching():
    """A recipe of two tasks that warms up, draws orderings and hardens them, with averaged weights."""
    return Recipe(
        name="tiny",
        description="A tiny one.",
        licence="CC0-1.0",
        limits="None that matter.",
        data={"digits": "mnist", "words": "letters"},
        model={"image_shape": (4, 4, 1), "num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 2},
        epochs=3,
        search_epochs=2,
        warm_epochs=1,
        batch_size=8,
        statistics_batches=2,
        ema_momentum=0.5,
    )


@pytest.fixture(scope="session")
def growing():
    """The recipe of ImageNet, its network made tiny: two stages, averaged weights."""
    recipe = recipe_files.find_recipe("imagenet")
    small = {"image_shape": (8, 8, 3), "num_blocks": 2, "num_steps": 3, "width": 4, "patch_size": 4}
    return dataclasses.replace(
        recipe,
        model=recipe.model | small | {"block": "basic", "norm": "batch"},
        orderings={"imagenet": [0, 0, 1]},
        epochs=4,
        batch_size=8,
        rand_operations=0,
        ema_momentum=0.5,
        statistics_batches=1,
    )


@pytest.fixture(scope="session")
def arrays():
    """`{name of a recipe: {task: (images, labels)}}`."""
    generator = np.random.default_rng(0)
    grey = generator.integers(0, 256, (24, 4, 4, 1)).astype("uint8")
    coloured = generator.integers(0, 256, (16, 8, 8, 3)).astype("uint8")
    return {
        "tiny": {"digits": (grey, np.arange(24) % 10), "words": (grey[:10], np.arange(10))},
        "imagenet": {"imagenet": (coloured, np.arange(16))},
    }


@pytest.fixture(scope="session")
def values_of():
    """Function of a model that returns `{name: array}` of its variables."""

    def values(model):
        return {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}

    return values
