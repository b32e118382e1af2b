"""The loop that every multi-task recipe runs, the same on each Keras backend."""

import contextlib
import time

import keras
import numpy as np

from keras_modnet import ModNet, callbacks, refresh_statistics
from keras_modnet.training.optimizers import jit_compile
from training import data as training_data
from training.optimizers import recipe_optimizer

STATISTICS_BATCH = 256


def load_tasks(recipe, split, data_dir=None, limit=None):
    """Returns `{task: (images, labels)}` of one split, images uint8 in the model's shape.

    Args:
        recipe: a `Recipe`.
        split: "train" or "test".
        data_dir: folder of arrays; default tensorflow-datasets.
        limit: images of each task at most; default all.
    """
    tasks = {}
    for task, name in recipe.data.items():
        images, labels = training_data.load(name, split, data_dir)
        tasks[task] = training_data.to_shape(images[:limit], recipe.model["image_shape"]), labels[:limit]
    return tasks


def train(recipe, tasks, seed, strategy=None):
    """Trains one model.

    Args:
        recipe: a `Recipe`.
        tasks: `{task: (images, labels)}` to train on.
        seed: fixes initial weights, order of the images and draws of the routers.
        strategy: a `tf.distribute` strategy, or None for one device.

    Returns:
        `(model, log)`: the trained `ModNet`, and `{"seconds": float, "history": {name: [value of each epoch]}}`.
    """
    keras.utils.set_random_seed(seed)
    with strategy.scope() if strategy is not None else contextlib.nullcontext():
        model = make_model(recipe, seed)
    return model, train_model(model, recipe, tasks, seed, strategy)


def train_model(model, recipe, tasks, seed, strategy=None, extra_callbacks=(), verbose=2):
    """Trains a model that is there already, as the recipe says: search, hard orderings, statistics gathered anew.

    Args:
        model: a `ModNet` with the recipe's tasks.
        recipe: a `Recipe`.
        tasks: `{task: (images, labels)}` to train on.
        seed: fixes order of the images and augmentation.
        strategy: the `tf.distribute` strategy that the model was made under, or None.
        extra_callbacks: callbacks beside those of the search, called after them.
        verbose: as in `fit`.

    Returns:
        `{"seconds": float, "history": {name: [value of each epoch]}}`.
    """
    start = time.perf_counter()
    history = fit_model(model, recipe, tasks, seed, strategy, [*search_callbacks(recipe), *extra_callbacks], verbose)
    for task, (images, _) in tasks.items():
        refresh_statistics(model, task, statistics_batches(images, recipe.statistics_batches, seed))
    return {"seconds": time.perf_counter() - start, "history": history}


def fit_model(model, recipe, tasks, seed, strategy=None, used_callbacks=(), verbose=2):
    """Compiles and fits any Keras model from images keyed by task to logits keyed by task; no search by itself.

    Args:
        model: the model.
        recipe: a `Recipe`: epochs, batches, optimizer, augmentation.
        tasks: `{task: (images, labels)}` to train on.
        seed: fixes order of the images and augmentation.
        strategy: the `tf.distribute` strategy that the model was made under, or None.
        used_callbacks: callbacks for `fit`.
        verbose: as in `fit`.

    Returns:
        `{name: [value of each epoch]}`.
    """
    augment = training_data.augmentation(recipe.augmentation, recipe.model["image_shape"], seed)
    batches = training_data.TaskBatches(tasks, recipe.batch_size, seed=seed, augment=augment)
    with strategy.scope() if strategy is not None else contextlib.nullcontext():
        compile_model(model, recipe, tasks, recipe.epochs * len(batches))
    dataset = batches if strategy is None else training_data.as_tf_dataset(batches)
    fitted = model.fit(dataset, epochs=recipe.epochs, shuffle=False, verbose=verbose, callbacks=list(used_callbacks))
    return {name: [float(value) for value in values] for name, values in fitted.history.items()}


def make_model(recipe, seed, classes=None):
    """Returns the untrained `ModNet` of a recipe, with the orderings that it gives.

    Args:
        recipe: a `Recipe`.
        seed: of the routers.
        classes: `{task: number of classes}`; default those of the known data sets.
    """
    if classes is None:
        classes = {task: training_data.describe(name).num_classes for task, name in recipe.data.items()}
    model = ModNet(tasks=classes, seed=seed, **recipe.model)
    for task, blocks in recipe.orderings.items():
        model.set_ordering(task, blocks)
    return model


def compile_model(model, recipe, tasks, steps):
    """Compiles a model with the recipe's optimizer and, for each of `tasks`, cross-entropy and accuracy."""
    losses = {task: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for task in tasks}
    metrics = {task: ["accuracy"] for task in tasks}
    optimizer = recipe_optimizer(recipe, steps, model.trainable_variables)
    model.compile(optimizer, losses, metrics=metrics, jit_compile=jit_compile())


def search_callbacks(recipe):
    """Returns warm start, annealing and hardening for the recipe's search epochs; nothing where it has none."""
    if recipe.search_epochs == 0:
        return []
    (start, end), warm, tasks = recipe.temperatures, recipe.warm_epochs, recipe.searched_tasks
    return [
        callbacks.WarmStart(warm, tasks, recipe.warm_confidence),
        callbacks.TemperatureAnnealing(start, end, recipe.search_epochs - warm, tasks, first_epoch=warm),
        callbacks.Harden(recipe.search_epochs, tasks),
    ]


def statistics_batches(images, count, seed):
    """Yields `count` random batches of training images, in the order that `seed` fixes."""
    rows = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, min(count * STATISTICS_BATCH, len(rows)), STATISTICS_BATCH):
        yield images[np.sort(rows[start : start + STATISTICS_BATCH])]


def evaluate(model, tasks, batch_size=1000):
    """Returns `{task: accuracy in percent}` with the hard orderings.

    Args:
        model: a `ModNet`, or any Keras model from images keyed by task to logits keyed by task.
        tasks: `{task: (images, labels)}` held out from training.
        batch_size: images at a time.
    """
    accuracies = {}
    for task, (images, labels) in tasks.items():
        logits = model.predict({task: images}, batch_size=batch_size, verbose=0)[task]
        accuracies[task] = 100 * float((logits.argmax(-1) == labels).mean())
    return accuracies
