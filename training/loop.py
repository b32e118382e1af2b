"""The loop that every multi-task recipe runs, the same on each Keras backend."""

import contextlib
import dataclasses
import time

import keras
import numpy as np

from keras_modnet import ModNet, Ordering, callbacks, grow_ordering, refresh_statistics
from keras_modnet.training.optimizers import jit_compile
from training import data as training_data
from training.optimizers import recipe_optimizer

STATISTICS_BATCH = 256
# Where the learning rate of the short network ends, as a share of its peak: it is not to settle before it has grown.
SHORT_FINAL_SHARE = 0.5


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
    with scope_of(strategy):
        model = make_model(recipe, seed)
    return model, train_model(model, recipe, tasks, seed, strategy)


def train_model(model, recipe, tasks, seed, strategy=None, extra_callbacks=(), verbose=2):
    """Trains a model that is there already, as the recipe says: search or growth, then statistics gathered anew.

    Args:
        model: a `ModNet` with the recipe's tasks; where the recipe grows it, with the orderings to grow to.
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
    used_callbacks = [*search_callbacks(recipe), *extra_callbacks]
    if recipe.grow_after is None:
        history = fit_model(model, recipe, tasks, seed, strategy, used_callbacks, verbose)
    else:
        history = fit_grown(model, recipe, tasks, seed, strategy, used_callbacks, verbose)
    refresh_tasks(model, recipe, tasks, seed)
    return {"seconds": time.perf_counter() - start, "history": history}


def fit_grown(model, recipe, tasks, seed, strategy=None, used_callbacks=(), verbose=2):
    """Fits a short network of every block once, grows it to its orderings, and fits that.

    The learning rate falls to half of its peak on a cosine, and starts anew for the grown network.

    Args:
        model: a `ModNet` with the orderings to grow to.
        recipe: a `Recipe` with `grow_after`.
        tasks: as `fit_model` takes it.
        seed: as `fit_model` takes it.
        strategy: as `fit_model` takes it.
        used_callbacks: callbacks for both fits.
        verbose: as in `fit`.

    Returns:
        `{name: [value of each epoch]}` of both fits, one after the other.
    """
    short, epochs = recipe.short_epochs, recipe.epochs
    orderings = {task: model.ordering(task) for task in tasks}
    with scope_of(strategy):
        for task, ordering in orderings.items():
            model.set_ordering(task, each_block_once(ordering))
    first = dataclasses.replace(recipe, epochs=short, grow_after=None, final_share=SHORT_FINAL_SHARE)
    history = fit_model(model, first, tasks, seed, strategy, used_callbacks, verbose)
    with scope_of(strategy):
        for task, ordering in orderings.items():
            grow_ordering(model, task, ordering)
    refresh_tasks(model, recipe, tasks, seed)
    rest = dataclasses.replace(recipe, epochs=epochs - short, grow_after=None)
    grown = fit_model(model, rest, tasks, seed, strategy, used_callbacks, verbose, first_epoch=short)
    return {name: values + grown[name] for name, values in history.items()}


def scope_of(strategy):
    """Returns the context in which a strategy's variables are made; one that does nothing where there is none."""
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def each_block_once(ordering):
    """Returns a hard ordering's blocks, each at the step where it runs first, as an `Ordering`."""
    first = [ordering.blocks.index(block) for block in dict.fromkeys(ordering.blocks)]
    return Ordering(ordering.weights[first], tuple(first))


def refresh_tasks(model, recipe, tasks, seed):
    """Gathers the statistics of every task anew."""
    for task, (images, _) in tasks.items():
        refresh_statistics(model, task, statistics_batches(images, recipe.statistics_batches, seed))


def fit_model(model, recipe, tasks, seed, strategy=None, used_callbacks=(), verbose=2, first_epoch=0):
    """Compiles and fits any Keras model from images keyed by task to logits keyed by task; no search by itself.

    Args:
        model: the model; of a `ModNet` the joint model of the tasks.
        recipe: a `Recipe`: epochs, batches, optimizer, augmentation.
        tasks: `{task: (images, labels)}` to train on.
        seed: fixes order of the images and augmentation.
        strategy: the `tf.distribute` strategy that the model was made under, or None.
        used_callbacks: callbacks for `fit`.
        verbose: as in `fit`.
        first_epoch: number of the first epoch, for the callbacks and the order of the images.

    Returns:
        `{name: [value of each epoch]}`.
    """
    augment = training_data.augmentation(recipe.augmentation, recipe.model["image_shape"], seed)
    batches = training_data.TaskBatches(tasks, recipe.batch_size, seed=seed, augment=augment)
    batches.epoch = first_epoch
    # The model of these tasks has the optimizer and the variables that train.
    fitted = model.joint(tuple(tasks)) if isinstance(model, ModNet) else model
    with scope_of(strategy):
        compile_model(fitted, recipe, tasks, recipe.epochs * len(batches))
    dataset = batches if strategy is None else training_data.as_tf_dataset(batches)
    epochs = {"initial_epoch": first_epoch, "epochs": first_epoch + recipe.epochs}
    logged = fitted.fit(dataset, shuffle=False, verbose=verbose, callbacks=list(used_callbacks), **epochs).history
    return {name: [float(value) for value in values] for name, values in logged.items()}


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
