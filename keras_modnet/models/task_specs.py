"""What a person says of a task: checked, and as plain data."""

from keras_modnet.checks import expect, expect_bool, expect_count, expect_one_of
from keras_modnet.layers.head import POOLINGS

TASK_KEYS = ("num_classes", "num_steps", "class_names", "mixed", "pooling", "own_norms")
MAX_NAME = 200
"""Longest name of a task: it is part of names of files."""


def task_specs(tasks, num_steps):
    """Returns `{name: {"num_classes": int, "num_steps": int, ...}}` from what `ModNet(tasks=...)` takes.

    Args:
        tasks: `{name: number of classes}` or `{name: {"num_classes": ..., "num_steps": ..., "class_names": ...,
            "mixed": ..., "pooling": ..., "own_norms": ...}}`; None stands for no classes.
        num_steps: steps of a task that does not say.

    Raises:
        ValueError: no task, a name that is not a word, a count under one, class names that are not one text for each
            class, a `mixed` or `own_norms` that is neither True nor False, or an unknown pooling.
    """
    expect(isinstance(tasks, dict) and tasks, "tasks", "a dict {name: number of classes} with at least one", tasks)
    specs = {}
    for name, task in tasks.items():
        expect_task_name(name)
        spec = dict(task) if isinstance(task, dict) else {"num_classes": task}
        known = set(spec) <= set(TASK_KEYS) and "num_classes" in spec
        expect(
            known, f"tasks[{name!r}]", f"a number of classes or a dict with num_classes and some of {TASK_KEYS}", task
        )
        specs[name] = _checked(f"tasks[{name!r}]", {"num_steps": num_steps} | spec)
    return specs


def _checked(argument, spec):
    for count in ("num_steps",) if spec["num_classes"] is None else ("num_classes", "num_steps"):
        expect_count(f"{argument} {count}", spec[count])
        # Plain data, which JSON can hold.
        spec[count] = int(spec[count])
    spec["class_names"] = _plain_class_names(f"{argument} class_names", spec)
    for name in ("mixed", "own_norms"):
        expect_bool(f"{argument} {name}", spec.get(name, False))
    if spec.get("pooling") is not None:
        expect_one_of(f"{argument} pooling", spec["pooling"], POOLINGS)
    return spec


def expect_task_name(name):
    """Raises `ValueError` unless `name` can be a key, part of a file name and, for TensorFlow too, of a tensor name."""
    word = isinstance(name, str) and name.isascii() and name.isidentifier() and not name.startswith("_")
    valid = word and len(name) <= MAX_NAME
    expect(valid, "name", "a task name of letters from a to z, digits and _, starting with a letter", name)


def _plain_class_names(argument, spec):
    names = spec.get("class_names")
    if names is None:
        return None
    # Lists, tuples, and NumPy's arrays, whose texts are of a type of their own.
    listed = isinstance(names, list | tuple) or getattr(names, "ndim", 0) == 1
    names = list(names) if listed else names
    texts = listed and all(isinstance(name, str) and _is_text(name) for name in names)
    received = f"{len(names)} of them" if texts else names
    fits = texts and len(names) == spec["num_classes"]
    expect(fits, argument, f"a list of {spec['num_classes']} texts, or None", received)
    return [str(name) for name in names]


def _is_text(name):
    """Whether a text can be written: half a character, which JSON can hold, cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
