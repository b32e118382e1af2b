"""How the rows of `benchmarks.reuse` are trained: from scratch, grown, searched, mixed, averaged."""

import numpy as np

from benchmarks.shared.budgets import bare_recipe
from benchmarks.shared.networks import SharedTrunk
from keras_modnet import (
    Ordering,
    average_blocks,
    callbacks,
    grow_ordering,
    refresh_statistics,
    search_ordering,
)
from keras_modnet.layers import MixtureRouter
from training.loop import fit_model, make_model, train_model
from training.task_data import statistics_batches

TASK = "task"
FEW, MANY = 2, 8
SEARCH_IMAGES = 1000


class Trainer:
    """Trains the rows of one seed.

    Args:
        job: the job.
        budget: as `BUDGET`.
        classes: `{TASK: number of classes}`.
        tasks: `{TASK: (images, labels)}` to train on.
        held_out: images and labels for the soft-hard gap.

    Attributes:
        macs: multiply-adds of the forward passes in training so far; a step of training is about three.
        gap: soft-hard gap in points where the search ended; None without a search.
        history: of the last fit.
    """

    def __init__(self, job, budget, classes, tasks, held_out):
        self.job, self.budget, self.classes, self.tasks, self.held_out = job, budget, classes, tasks, held_out
        self.macs, self.gap, self.history = 0, None, None

    def train(self, order, grown=False, longer=False):
        """Returns the trained model of a row; arguments as in `ROWS`."""
        epochs = self.budget["epochs"]
        if order == "mixture":
            return self.mixture()
        if order == "averaged":
            return self.averaged()
        if grown:
            short = round(self.budget["grow_after"] * epochs)
            # The cosine of the learning rate goes half its way before the network grows, and starts again after it.
            model = self.fixed(list(range(FEW)), short, final_share=0.5)
            return self.grow(model, order, epochs - short)
        if order == "learned":
            return self.learned()
        return self.fixed(self.blocks(order), epochs * MANY // FEW if longer else epochs)

    def blocks(self, order):
        """Returns the block of each step of a fixed order."""
        generator = np.random.default_rng(self.job["seed"])
        return {
            "once": list(range(FEW)),
            "cycle": [step % FEW for step in range(MANY)],
            "row": [step * FEW // MANY for step in range(MANY)],
            # Every block runs, so that it can be grown from each once.
            "random": generator.permutation([*range(FEW), *generator.integers(0, FEW, MANY - FEW)]).tolist(),
            "different": list(range(MANY)),
        }[order]

    def recipe(self, num_blocks, num_steps, epochs, **fields):
        """Returns the `Recipe` of a network and a number of epochs."""
        model = self.job["network"] | {"num_blocks": num_blocks, "num_steps": num_steps}
        names = ("batch_size", "learning_rate", "temperatures", "warm_confidence")
        own = {"search_epochs": 0} | {name: self.budget[name] for name in names} | fields
        return bare_recipe(data={TASK: self.job["data"]}, model=model, epochs=epochs, **own)

    def fixed(self, blocks, epochs, **fields):
        """Returns a network with a fixed ordering, trained from scratch."""
        recipe = self.recipe(max(blocks) + 1, len(blocks), epochs, orderings={TASK: blocks}, **fields)
        model = make_model(recipe, self.job["seed"], self.classes)
        return self.fit(model, recipe)

    def learned(self):
        """Returns a network whose ordering was searched from scratch."""
        epochs = self.budget["epochs"]
        search, warm = (max(round(self.budget[name] * epochs), 1) for name in ("search", "warm"))
        recipe = self.recipe(FEW, MANY, epochs, search_epochs=search + warm, warm_epochs=warm)
        return self.fit(make_model(recipe, self.job["seed"], self.classes), recipe)

    def grow(self, model, order, epochs):
        """Returns a model of each block once, grown to a longer ordering and trained on."""
        blocks = self.searched(model) if order == "coordinate" else self.blocks(order)
        grow_ordering(model, TASK, blocks)
        images = self.tasks[TASK][0]
        refresh_statistics(model, TASK, statistics_batches(images, 10, self.job["seed"]))
        return self.fit(model, self.recipe(FEW, MANY, epochs, orderings={TASK: blocks}))

    def searched(self, model):
        """Returns the blocks of a longer ordering, found step by step from the cycle; the model stays as it is."""
        grow_ordering(model, TASK, self.blocks("cycle"), damping=1.0)
        images, labels = self.tasks[TASK]
        found = search_ordering(model, TASK, (images[-SEARCH_IMAGES:], labels[-SEARCH_IMAGES:]))
        # Back to each block once, whose norms are those of the cycle's first steps.
        model.set_ordering(TASK, Ordering(np.eye(FEW, dtype="float32"), tuple(range(FEW))))
        return list(found.ordering.blocks)

    def mixture(self):
        """Returns a network whose steps mix the kernels by learned coefficients."""
        recipe = self.recipe(FEW, MANY, self.budget["epochs"], orderings={TASK: self.blocks("cycle")})
        size = {key: self.job["network"][key] for key in ("width", "patch_size", "image_shape")}
        model = SharedTrunk(self.classes, MixtureRouter(MANY, FEW, seed=self.job["seed"]), **size)
        self.history = fit_model(model, recipe, self.tasks, self.job["seed"])
        self.macs += model.macs * self.images_seen(recipe)
        return model

    def averaged(self):
        """Returns a network whose blocks started as means of those of a trained one."""
        source = self.fixed(self.blocks("different"), self.budget["epochs"])
        recipe = self.recipe(FEW, MANY, self.budget["epochs"], orderings={TASK: self.blocks("row")})
        model = make_model(recipe, self.job["seed"], self.classes)
        average_blocks(source, model, TASK)
        return self.fit(model, recipe)

    def fit(self, model, recipe):
        """Trains a `ModNet`, notes cost, gap and history, and returns it."""
        searches = recipe.search_epochs > 0
        gap = [callbacks.SoftHardGap(TASK, *self.held_out)] if searches else []
        log = train_model(model, recipe, self.tasks, self.job["seed"], extra_callbacks=gap)
        self.history = log["history"]
        self.macs += model.count_macs(TASK) * self.images_seen(recipe)
        if searches:
            self.gap = self.history["soft_hard_gap"][recipe.search_epochs - 1]
        return model

    def images_seen(self, recipe):
        """Returns how many images a training shows."""
        return recipe.epochs * -(-len(self.tasks[TASK][1]) // recipe.batch_size) * recipe.batch_size
