"""From a hard ordering to a plain functional Keras model: no router, no unused block, no class of this package."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.models.static_ends import static_head, static_stem
from keras_modnet.models.static_layers import StaticSteps, step_key


def to_static(model, task, fold_norms=False):
    """Returns one task of a `ModNet` as a plain functional model that Keras alone saves, loads and exports.

    The steps run as they do at inference: at each the block with the largest weight. A block that occurs several times
    is one layer for each of its stages, so its weights are there once; blocks that never run are left out. Where the
    ordering is a mixture, each step has layers of its own with the mixed weights. Values are copied: training either
    model leaves the other as it is.

    With `fold_norms` a batch norm of a step becomes part of the convolution directly in front of it, or of a 1x1
    convolution directly behind it, and a `LayerScale` part of the convolution in front of it. What this buys are fewer
    passes over the features. What it costs are weights: a convolution with a norm in it belongs to its step and no
    longer to its block, so a block that runs several times has a kernel for each of these steps. Other norms stay, the
    head's too, and so does one with an activation between it and the convolution, or with a larger kernel behind it,
    whose padding it must not touch. The logits are equal at inference, up to rounding; in half precision the folded
    kernels are rounded as any kernel is, while norms that stay compute in float32. Such a model is not for training.

    Args:
        model: a `ModNet`, of either mixing.
        task: name of the task.
        fold_norms: whether norms become part of convolutions where that is exact; default False.

    Returns:
        `keras.Model` from float32 images `(batch, height, width, channels)`, values from 0 to 255, to float32 logits
        `(batch, num_classes)`. Its layers are called `stem`, `block2_conv1`, `step03_norm1`, `head` and alike, steps
        and blocks counted from 0; with a norm folded in, `step03_conv1`.

    Raises:
        ValueError: the model has no such task, or `fold_norms` is neither True nor False.
    """
    expect_one_of("task", task, model.task_names)
    expect(isinstance(fold_norms, bool), "fold_norms", "True or False", fold_norms)
    return _called(static_of_layers(model, model.task_layers[task], task, fold_norms))


def static_of_layers(model, layers, name, fold_norms=False):
    """Returns what `to_static` does, for `TaskLayers` on the model's bank that need not be one of its tasks."""
    images = _images(model)
    features = {(): static_stem(images, model.stem)}
    logits = _run_task(features, StaticSteps(model.bank, fold_norms), layers, prefix="")
    return keras.Model(images, logits, name=name)


def to_static_tasks(model, tasks):
    """Returns several tasks of a `ModNet` as one plain functional model that computes once what they have in common.

    Blocks that tasks run are there once. First steps of tasks are shared as long as they run the same block with norms
    of equal values, to the last bit, at every place of the step, and all steps before are shared, too; tasks need not
    have equally many. Each task has a head of its own. Training the returned model trains what is shared for all.

    Args:
        model: a `ModNet`, of either mixing.
        tasks: list or tuple of names of tasks, at least one, each once.

    Returns:
        `keras.Model` as from `to_static`, but to a dict of logits by task; layers of a task carry its name in front, as
        in `digits_step03_norm1`, those of a shared step the name of the first task that has it.

    Raises:
        ValueError: no task, one that comes twice, or one that the model does not have.
    """
    listed = isinstance(tasks, list | tuple) and len(tasks) > 0 and len(set(tasks)) == len(tasks)
    expect(listed, "tasks", "a list with at least one task, each once", tasks)
    for task in tasks:
        expect_one_of("task", task, model.task_names)
    images, steps = _images(model), StaticSteps(model.bank)
    features = {(): static_stem(images, model.stem)}
    logits = {task: _run_task(features, steps, model.task_layers[task], prefix=f"{task}_") for task in tasks}
    return _called(keras.Model(images, logits, name="tasks"))


def _called(network):
    # Keras writes ONNX files only of models that were called; with a symbol nothing is computed.
    network(network.inputs[0])
    return network


def _images(model):
    return keras.Input(model.image_shape, dtype="float32", name="images")


def _run_task(features, steps, layers, prefix):
    """Returns the logits; `features` by the steps that led to them, a trie, gain those that were not there yet."""
    # What the router gives at inference, so that ties go to the same block.
    ordering, path = ops.convert_to_numpy(layers.router(training=False)), ()
    for step, row in enumerate(ordering):
        block = row if layers.mixed else int(row.argmax())
        x, path = features[path], (*path, step_key(block, layers.norms, step))
        if path not in features:
            features[path] = steps.run(x, block, layers.norms, step, f"{prefix}step{step:02d}")
    return static_head(features[path], layers.head, f"{prefix}head")
