"""One stage of a training, step by step: compiled, put back where it was stopped, kept on the way."""

import dataclasses
import itertools
import time

import keras

from keras_modnet import ModNet
from keras_modnet.training.optimizers import jit_compile
from training.classification_recipe import ClassificationRecipe
from training.distribution import scope_of
from training.keeping import LossError, expect_sane, guessing_loss
from training.optimizers import recipe_optimizer
from training.state import restore
from training.steps import make_steps
from training.task_data import make_batches


class StageRun:
    """Trains a model in stages of a recipe.

    Args:
        network: a `ModNet`; or, where nothing is kept, any Keras model from images to logits, both keyed by task.
        recipe: a `Recipe`.
        tasks: `{task: data}`.
        seed: of the batches.
        strategy: the `tf.distribute` strategy that the model was made under, or None.
        callbacks: Keras callbacks; they see epochs, no steps.
        steps_per_execution: steps that the devices run in one call; between two calls the training may be kept.
    """

    def __init__(self, network, recipe, tasks, seed, strategy=None, callbacks=(), steps_per_execution=1):
        self._network, self._recipe, self._strategy = network, recipe, strategy
        self._callbacks, self._tasks, self._together = list(callbacks), tasks, steps_per_execution
        self._alone = isinstance(recipe, ClassificationRecipe)
        classes = {task: _num_classes(network, task, data) for task, data in tasks.items()}
        self._guess = guessing_loss(classes.values())
        self._data = make_batches(recipe, tasks, seed, classes)

    def train(self, stage, state, keeping):
        """Trains a stage from a state on; at its end the model has the average of its weights, if there is one.

        Args:
            stage: `Stage`; the network has its orderings.
            state: `TrainingState`; it has no arrays where the stage begins.
            keeping: `Keeping`.

        Returns:
            The `TrainingState` at the end.

        Raises:
            LossError: the loss is no finite number or has exploded, and no retry is left.
            StoppedError: a signal asked to stop.
            OutputError: the beginning cannot be kept.
        """
        while True:
            try:
                return self._attempt(stage, state, keeping)
            except LossError as error:
                if not keeping.may_retry(state):
                    raise
                state = keeping.step_back(state)
                print(f"{error}; going back to {state.named()}, at {state.rate_scale:g} of the rate", flush=True)

    def _attempt(self, stage, state, keeping):
        model = self._compiled(stage, state.rate_scale)
        steps = make_steps(model, self._strategy)
        batches = self._data.read(range(state.epoch, stage.epochs.stop), state.step)
        sample = next(batches, None)
        steps.build(next(self._data.read(range(1))) if sample is None else sample)
        if state.arrays:
            restore(self._network, steps, state.arrays)
        else:
            keeping.begin(self._network, steps, state)
        if sample is not None:
            self._epochs(stage, state, steps, itertools.chain([sample], batches), keeping)
        model.optimizer.finalize_variable_values(model.trainable_variables)
        return state

    def _compiled(self, stage, rate_scale):
        """Returns the Keras model of the tasks, compiled for the stage."""
        model = self._network
        if isinstance(model, ModNet):
            # The model of these tasks has the optimizer and the variables that train.
            model = model.task(*self._tasks) if self._alone else model.joint(tuple(self._tasks))
        rates = {"final_share": stage.final_share, "learning_rate": rate_scale * self._recipe.learning_rate}
        recipe, steps = dataclasses.replace(self._recipe, **rates), len(stage.epochs) * len(self._data)
        with scope_of(self._strategy):
            optimizer = recipe_optimizer(recipe, steps, model.trainable_variables)
            losses, metrics = self._objective()
            model.compile(optimizer, losses, metrics=metrics, jit_compile=jit_compile())
        return model

    def _objective(self):
        if self._alone:
            # Labels are rows of shares.
            return keras.losses.CategoricalCrossentropy(from_logits=True), ["accuracy"]
        losses = {task: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for task in self._tasks}
        return losses, {task: ["accuracy"] for task in self._tasks}

    def _epochs(self, stage, state, steps, batches, keeping):
        options = {"epochs": stage.epochs.stop, "steps": len(self._data), "verbose": 0}
        callbacks = keras.callbacks.CallbackList(self._callbacks, model=steps.model, **options)
        callbacks.on_train_begin()
        clock = time.perf_counter() - state.seconds
        try:
            while state.epoch < stage.epochs.stop:
                if state.step == 0:
                    steps.reset()
                    callbacks.on_epoch_begin(state.epoch)
                together = list(itertools.islice(batches, min(self._together, len(self._data) - state.step)))
                steps.run_several(together)
                state.step += len(together)
                state.seconds = time.perf_counter() - clock
                if state.step == len(self._data):
                    self._end_epoch(state, steps, callbacks)
                    clock = time.perf_counter()
                keeping.after_steps(len(together), self._network, steps, state, self._guess)
        finally:
            callbacks.on_train_end()

    def _end_epoch(self, state, steps, callbacks):
        logs = steps.logs()
        expect_sane(logs, state, self._guess)
        logs["seconds"], logs["steps_per_second"] = state.seconds, len(self._data) / state.seconds
        logs["images_per_second"] = logs["steps_per_second"] * self._recipe.batch_size
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(steps.model.optimizer.learning_rate))
        for callback in callbacks.callbacks:
            # One after the other, since the list gives them a copy, and some add to it.
            callback.on_epoch_end(state.epoch, logs)
        for name, value in logs.items():
            state.history.setdefault(name, []).append(float(value))
        state.epoch, state.step, state.seconds = state.epoch + 1, 0, 0.0


def _num_classes(network, task, data):
    return network.num_classes(task) if isinstance(network, ModNet) else 1 + int(data[1].max())
