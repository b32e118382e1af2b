"""A task alone as a file: what it owns, and which bank it runs on."""

from keras_modnet import presets
from keras_modnet.checks import expect_one_of
from keras_modnet.layers.initial_values import without_initial_values
from keras_modnet.layers.values import value_of
from keras_modnet.models.expected_tensors import expected_of_task
from keras_modnet.models.network_checks import expect_task_fits
from keras_modnet.models.preset_io import expect_finite
from keras_modnet.models.stored_tensors import check_described, check_values
from keras_modnet.models.task_specs import TASK_KEYS, expect_task_name, task_specs
from keras_modnet.presets.task_files import read_task_file, tensors_digest, write_task_file
from keras_modnet.version import __version__

# Arguments of `ModNet` that change nothing of what a task that is loaded computes.
FREE_ARGUMENTS = (
    *("num_steps", "mixing", "unroll", "temperature", "straight_through"),
    *("entropy_weight", "block_use_weight", "seed", "default_task", "pooling"),
)


def bank_digest(model):
    """Returns the SHA-256 of what all tasks of a model share: names and values of stem and bank.

    Args:
        model: a `ModNet`.
    """
    return tensors_digest({name: value_of(variable) for name, variable in model.shared_variables().items()})


def save_task(model, task, path, card=None, if_not_finite="refuse"):
    """Writes one task into one file, whole or not at all: its ordering, norms and head, without the bank.

    Args:
        model: a `ModNet`.
        task: name of the task.
        path: path of the file; usually it ends in `.modnet`.
        card: dict of facts that are kept with it, plain JSON values; default none.
        if_not_finite: `"refuse"` or `"warn"`, as `preset_io.save_to_preset` takes it.

    Returns:
        `path` as a `Path`.

    Raises:
        ValueError: an unknown task, or a weight that is NaN or infinite.
        PresetError: a card that JSON cannot hold.
        OSError: the file cannot be written; what was there before stays.
    """
    expect_one_of("task", task, model.task_names)
    layers = model.task_layers[task]
    description = {
        "keras_modnet_version": __version__,
        "task": task,
        **layers.spec(),
        "network": _network(model),
        "bank": bank_digest(model),
    }
    if card is not None:
        description["card"] = card
    tensors = {name: value_of(variable) for name, variable in layers.variables_by_name().items()}
    expect_finite(dict(expected_of_task(model.arguments(), layers.spec())), tensors, if_not_finite)
    return write_task_file(path, description, tensors)


def load_task(model, path, name=None):
    """Adds the task of a file to a model, whole or not at all; the default task and what trains stays as it is.

    Args:
        model: a `ModNet` with the bank that the task was saved from.
        path: path of the file.
        name: name of the new task; default the one that it was saved under.

    Returns:
        The task's `TaskModel`, `model.task(name)`.

    Raises:
        PresetError: the file is missing, damaged, or of a task of another bank.
        ValueError: the name is taken or not a word.
    """
    expected = {}

    def check(description):
        expected.update(_check_task(model, path, description))

    description, tensors = read_task_file(path, check)
    name = description["task"] if name is None else name
    expect_task_name(name)
    model.expect_free(name)
    check_values(path, expected, tensors, presets.PresetError)
    with without_initial_values():
        layers = model.make_task(name, **_spec(description, model))
    for tensor, variable in layers.variables_by_name().items():
        variable.assign(tensors[tensor])
    model.task_layers[name] = layers
    return model.task(name)


def _spec(description, model):
    task = {key: description[key] for key in TASK_KEYS if key in description}
    return task_specs({description["task"]: task}, model.default_steps)[description["task"]]


def _network(model):
    arguments = {name: value for name, value in model.arguments().items() if name not in (*FREE_ARGUMENTS, "tasks")}
    # As it comes back from a file, so that a stored one compares equal.
    return presets.plain_json(arguments)


def _check_task(model, path, description):
    """Checks what a file says of its task, all before its tensors are read; returns `{name: Expected}` of these."""
    theirs, ours = description["network"], _network(model)
    for key in sorted(set(theirs) | set(ours)):
        if theirs.get(key) != ours.get(key):
            raise presets.PresetError(path, f"a task for `{key}={ours.get(key)!r}`", f"{theirs.get(key)!r}")
    arguments = model.arguments()
    try:
        spec = _spec(description, model)
        expect_task_fits("task", spec, arguments)
    except ValueError as error:
        raise presets.PresetError(path, "a task that a model can have", str(error).removesuffix(".")) from error
    tensors = expected_of_task(arguments, spec)
    expected = check_described(path, tensors, description["tensors"], presets.PresetError)
    # Last, since it reads all of the bank.
    digest = bank_digest(model)
    if description["bank"] != digest:
        raise presets.PresetError(path, f"a task of this bank, {digest}", f"one of another bank, {description['bank']}")
    return expected
