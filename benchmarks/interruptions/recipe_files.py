"""Recipes and data of `benchmarks.interruptions`, as a user would have them: two files and two archives."""

import numpy as np

HEAD = 'name="{name}", description="For interruptions.", licence="none", limits="Random images.",'
SEARCHING = """from training.recipe import Recipe

RECIPE = Recipe(
    {head}
    data={{"digits": "mnist", "words": "letters"}},
    model={{"image_shape": (8, 8, 1), "num_blocks": 3, "num_steps": 4, "width": 8, "patch_size": 4}},
    epochs={epochs}, search_epochs={half}, warm_epochs=1, batch_size=32, ema_momentum=0.9,
    learning_rate={rate}, statistics_batches=2,
)
"""
GROWING = """from training.classification_recipe import ClassificationRecipe

RECIPE = ClassificationRecipe(
    {head}
    data={{"digits": "cifar10"}},
    model={{"image_shape": (8, 8, 3), "num_blocks": 2, "num_steps": 4, "width": 8, "patch_size": 4}},
    orderings={{"digits": [0, 0, 1, 1]}}, grow_after=0.5, epochs={epochs}, batch_size=32, ema_momentum=0.9,
    learning_rate={rate}, statistics_batches=2, rand_operations=0,
)
"""
RECIPES = {"searching": SEARCHING, "growing": GROWING}
IMAGES = 512


def write_recipe(folder, kind, epochs, rate=2e-3):
    """Writes a recipe; returns its path.

    Args:
        folder: folder to write to.
        kind: key of `RECIPES`.
        epochs: at least 2.
        rate: learning rate.
    """
    path = folder / f"{kind}.py"
    head = HEAD.format(name=kind)
    path.write_text(RECIPES[kind].format(head=head, epochs=epochs, half=epochs // 2, rate=rate))
    return path


def write_data(folder, wrong_label=None):
    """Writes random images under the names of known data sets.

    Args:
        folder: folder to write to.
        wrong_label: label of the last image of the digits, or None.
    """
    generator = np.random.default_rng(0)
    for name, shape, classes in (("mnist", (28, 28), 10), ("letters", (16, 8), 26), ("cifar10", (32, 32, 3), 10)):
        arrays = {}
        for split, count in (("train", IMAGES), ("test", 64)):
            arrays[f"x_{split}"] = generator.integers(0, 256, (count, *shape)).astype("uint8")
            arrays[f"y_{split}"] = (np.arange(count) % classes).astype("int64")
        if wrong_label is not None and name == "mnist":
            arrays["y_train"][-1] = wrong_label
        np.savez(folder / f"{name}.npz", **arrays)
