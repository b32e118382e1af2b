"""The training of a model by a recipe, on each Keras backend and under each strategy, from any step on."""

import dataclasses

import keras

from keras_modnet import ModNet, refresh_statistics
from training import data as training_data
from training.distribution import scope_of
from training.keeping import Keeping
from training.progress import Progress
from training.stage_run import StageRun
from training.stages import Stage, enter_stage, search_callbacks, stages
from training.state import TrainingState
from training.task_data import plain_images


def train(recipe, tasks, seed, strategy=None, keeping=None, log_dir=None, steps_per_execution=1):
    """Trains one model, and goes on where a former call with the same arguments was stopped.

    Args:
        recipe: a `Recipe`.
        tasks: `{task: data}` to train on, as `task_data.load_tasks` returns it.
        seed: fixes initial weights, order of the images and all that is done to them, and draws of the routers.
        strategy: a `tf.distribute` strategy, or None for one device.
        keeping: `Keeping`: where and when the training is kept. None: it is not.
        log_dir: folder of curves for TensorBoard; None: none.
        steps_per_execution: steps that the devices run in one call, which a TPU wants to be several.

    Returns:
        `(model, log)`: the trained `ModNet`, with the average of its weights where the recipe asks for it, and
        `{"seconds": float, "history": {name: [value of each epoch]}}`.
    """
    keras.utils.set_random_seed(seed)
    with scope_of(strategy):
        model = make_model(recipe, seed)
    progress = [Progress(log_dir)]
    options = {"extra_callbacks": progress, "steps_per_execution": steps_per_execution}
    return model, train_model(model, recipe, tasks, seed, strategy, keeping, **options)


def train_model(model, recipe, tasks, seed, strategy=None, keeping=None, extra_callbacks=(), steps_per_execution=1):
    """Trains a model that is there already, as the recipe says: search or growth, then statistics gathered anew.

    Args:
        model: a `ModNet` with the recipe's tasks; where the recipe grows it, with the orderings to grow to.
        recipe: a `Recipe`.
        tasks: `{task: data}` to train on.
        seed: fixes order of the images and all that is done to them.
        strategy: the `tf.distribute` strategy that the model was made under, or None.
        keeping: `Keeping`, or None.
        extra_callbacks: Keras callbacks beside those of the search, called after them. They see epochs, no steps.
        steps_per_execution: as `train` takes it.

    Returns:
        `{"seconds": float, "history": {name: [value of each epoch]}}`.

    Raises:
        LossError: the loss is no finite number or has exploded, and no retry is left.
        StoppedError: a signal asked to stop.
        OutputError: the training cannot be kept from its beginning.
    """
    keeping = keeping or Keeping()
    state = keeping.read() or TrainingState()
    orderings = {task: model.ordering(task) for task in tasks}
    callbacks = [*search_callbacks(recipe), *extra_callbacks]
    run = StageRun(model, recipe, tasks, seed, strategy, callbacks, steps_per_execution)
    with keeping.interrupts.watched():
        for index, stage in enumerate(stages(recipe)):
            # Also on the way to where a former call was stopped: what is made in another order has other names.
            with scope_of(strategy):
                grown = enter_stage(model, orderings, stage)
            if state.stage > index:
                continue
            if state.stage < index:
                state = dataclasses.replace(state, stage=index, arrays={})
                if grown:
                    refresh_tasks(model, recipe, tasks, seed)
            state = run.train(stage, state, keeping)
    refresh_tasks(model, recipe, tasks, seed)
    return {"seconds": sum(state.history["seconds"]), "history": state.history}


def fit_model(model, recipe, tasks, seed, used_callbacks=()):
    """Fits any Keras model from images keyed by task to logits keyed by task; neither search nor growth.

    Args:
        model: the model; of a `ModNet` the joint model of the tasks.
        recipe: a `Recipe`: epochs, batches, optimizer, augmentation.
        tasks: `{task: (images, labels)}` to train on.
        seed: fixes order of the images and augmentation.
        used_callbacks: Keras callbacks.

    Returns:
        `{name: [value of each epoch]}`.
    """
    whole = Stage(range(recipe.epochs), True, recipe.final_share)
    run = StageRun(model, recipe, tasks, seed, None, used_callbacks)
    return run.train(whole, TrainingState(), Keeping()).history


def refresh_tasks(model, recipe, tasks, seed):
    """Gathers the statistics of every task anew."""
    for task, data in tasks.items():
        refresh_statistics(model, task, plain_images(recipe, data, seed))


def make_model(recipe, seed, classes=None):
    """Returns the untrained `ModNet` of a recipe, with the orderings that it gives.

    Args:
        recipe: a `Recipe`.
        seed: of the routers.
        classes: `{task: number of classes}`; default those of the known data sets, with their names.
    """
    if classes is None:
        known = {task: training_data.describe(name) for task, name in recipe.data.items()}
        classes = {
            task: {"num_classes": info.num_classes, "class_names": info.class_names} for task, info in known.items()
        }
    model = ModNet(tasks=classes, seed=seed, **recipe.model)
    for task, blocks in recipe.orderings.items():
        model.set_ordering(task, blocks)
    return model
