"""The loop that trains one classifier from scratch: two stages, a moving average of the weights, checkpoints."""

import dataclasses
import pathlib

import keras

from keras_modnet import grow_ordering, refresh_statistics
from keras_modnet.training.optimizers import jit_compile
from training import data as training_data
from training import loop
from training.optimizers import recipe_optimizer
from training.progress import Progress
from training.training_state import Checkpoint, read_checkpoint, restore

TEST_BATCH = 256


def load_tasks(recipe, split, data_dir=None, limit=None):
    """Returns `{task: data}` of one split: arrays from a folder, else a `StreamedSplit`.

    Args:
        recipe: a `ClassificationRecipe`.
        split: "train" or "test".
        data_dir: folder of arrays; default tensorflow-datasets, streamed.
        limit: images at most; default all.
    """
    if data_dir is not None:
        return loop.load_tasks(recipe, split, data_dir, limit)
    return {task: training_data.StreamedSplit(name, split, limit) for task, name in recipe.data.items()}


def train(recipe, tasks, seed, strategy=None, path=None):
    """Trains one model, and goes on where a former call with the same arguments was stopped.

    Args:
        recipe: a `ClassificationRecipe`.
        tasks: `{task: data}` as `load_tasks` returns it.
        seed: fixes initial weights, order of the images and all that is done to them.
        strategy: a `tf.distribute` strategy, or None for one device.
        path: beginning of the paths of the checkpoint, which is left to the caller to remove, and of the curves
            `PATH_log/`; None: neither is written.

    Returns:
        `(model, log)`: the trained `ModNet`, with the average of its weights where the recipe asks for it, and
        `{"seconds": float, "history": {name: [value of each epoch]}}`.
    """
    keras.utils.set_random_seed(seed)
    [(task, data)] = tasks.items()
    with loop.scope_of(strategy):
        model = loop.make_model(recipe, seed)
    setting = {"recipe": dataclasses.asdict(recipe), "seed": seed, "images": num_images(data)}
    checkpoint, log_dir = (None, None) if path is None else (checkpoint_path(path), f"{path}_log")
    state = read_checkpoint(checkpoint, setting)
    callbacks = [Progress(recipe.batch_size, log_dir), Checkpoint(model, task, state, checkpoint)]
    ordering = model.ordering(task)
    for stage in stages(recipe):
        if state.epoch > stage.epochs.stop:
            continue
        enter_stage(model, recipe, task, data, ordering, stage, strategy)
        fit_stage(model, recipe, task, data, seed, strategy, stage, state, callbacks)
    refresh(model, recipe, task, data)
    return model, {"seconds": sum(state.history["seconds"]), "history": state.history}


def checkpoint_path(path):
    """Returns the path of the checkpoint that `train` writes for its `path`."""
    return pathlib.Path(f"{path}_checkpoint.npz")


@dataclasses.dataclass(frozen=True)
class Stage:
    """A part of the training with one ordering and one schedule.

    Attributes:
        epochs: range of its epochs.
        grown: whether it trains the full ordering, and not each block once.
        final_share: learning rate at its end, as a share of the peak.
    """

    epochs: range
    grown: bool
    final_share: float


def stages(recipe):
    """Returns the stages of a recipe, in order."""
    short, epochs = recipe.short_epochs, recipe.epochs
    first = [Stage(range(short), False, loop.SHORT_FINAL_SHARE)] if short else []
    return [*first, Stage(range(short, epochs), True, recipe.final_share)]


def enter_stage(model, recipe, task, data, ordering, stage, strategy):
    """Gives the model the ordering of a stage."""
    with loop.scope_of(strategy):
        if not stage.grown:
            model.set_ordering(task, loop.each_block_once(ordering))
        elif model.ordering(task) != ordering:
            grow_ordering(model, task, ordering)
            refresh(model, recipe, task, data)


def fit_stage(model, recipe, task, data, seed, strategy, stage, state, callbacks):
    """Fits a stage, or what a checkpoint has left of it; its end leaves the average of the weights in the model."""
    batches, steps = make_batches(recipe, data, seed, model.num_classes(task))
    own = model.task(task)
    with loop.scope_of(strategy):
        rates = dataclasses.replace(recipe, final_share=stage.final_share)
        compile_model(own, rates, steps * len(stage.epochs))
        if state.epoch > stage.epochs.start:
            restore(model, task, state.arrays)
    epochs = range(max(state.epoch, stage.epochs.start), stage.epochs.stop)
    if not epochs:
        # Stopped between its last epoch and what follows: `fit` would have done this.
        own.optimizer.finalize_variable_values(own.trainable_variables)
        return
    own.fit(
        batches(epochs, strategy),
        # A stream goes on from epoch to epoch.
        steps_per_epoch=steps if isinstance(data, training_data.StreamedSplit) else None,
        initial_epoch=epochs.start,
        epochs=epochs.stop,
        shuffle=False,
        verbose=2,
        callbacks=callbacks,
    )


def make_batches(recipe, data, seed, num_classes):
    """Returns a function from a range of epochs and a strategy to what `fit` takes, and the steps of an epoch."""
    if isinstance(data, training_data.StreamedSplit):
        return lambda epochs, strategy: data.training_batches(recipe, seed, epochs), data.steps(recipe)
    mixing = recipe.label_mixing(num_classes)
    own = training_data.ChangedBatches(*data, recipe.batch_size, seed, recipe.crop_area, recipe.image_changes(), mixing)

    def in_memory(epochs, strategy):
        own.epoch = epochs.start
        return own if strategy is None else training_data.as_tf_dataset(own)

    return in_memory, len(own)


def compile_model(model, recipe, steps):
    """Compiles a model with the recipe's optimizer, cross-entropy with rows of shares, and accuracy."""
    optimizer = recipe_optimizer(recipe, steps, model.trainable_variables)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=jit_compile())


def refresh(model, recipe, task, data):
    """Gathers the statistics anew from training images that are not changed."""
    if isinstance(data, training_data.StreamedSplit):
        batches = data.plain_batches(recipe, loop.STATISTICS_BATCH).take(recipe.statistics_batches)
        refresh_statistics(model, task, batches.as_numpy_iterator())
    else:
        refresh_statistics(model, task, loop.statistics_batches(data[0], recipe.statistics_batches, seed=0))


def evaluate(model, tasks, recipe):
    """Returns `{task: accuracy in percent}`.

    Args:
        model: a `ModNet`.
        tasks: `{task: data}` held out from training, as `load_tasks` returns it.
        recipe: the `ClassificationRecipe`.
    """
    [(task, data)] = tasks.items()
    if not isinstance(data, training_data.StreamedSplit):
        return loop.evaluate(model, tasks, TEST_BATCH)
    logits = model.task(task).predict(data.plain_batches(recipe, TEST_BATCH), verbose=0)
    return {task: 100 * float((logits.argmax(-1) == data.labels()).mean())}


def num_images(data):
    """Returns the number of images of arrays or of a stream."""
    return len(data) if isinstance(data, training_data.StreamedSplit) else len(data[1])
