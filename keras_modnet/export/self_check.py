"""Proves that the files on the disk answer as the model does, before anybody can be served from them."""

import tempfile
from pathlib import Path

import numpy as np

from keras_modnet.export.children import run_child
from keras_modnet.export.expected_answers import (
    answers_of_tasks,
    best_of,
    expected_answer,
    names_of_rows,
    questions_of,
)

READ_BACK = Path(__file__).with_name("read_back.py")
# Shares of the largest logit (of 1 where that is smaller): two orders of summation, in float32 and in bfloat16.
TOLERANCES = {"float32": 1e-4}
HALF_TOLERANCE = 5e-2


def check_saved_model(folder, model, tasks, signatures, top):
    """Runs every signature of a SavedModel in a process without Keras and compares with the model.

    Args:
        folder: path of the SavedModel.
        model: the `ModNet` that it was made from.
        tasks: names of the exported tasks, in their order.
        signatures: the `Signature`s that it must have.
        top: how many classes an answer names at most.

    Returns:
        The largest difference of any logit, probability or feature.

    Raises:
        RuntimeError: it cannot be read, has other signatures or outputs, differs from the model by more than the
            tolerance, calls rows valid that are not, or names other classes than the most likely ones.
    """
    questions = questions_of(model, tasks)
    by_task = answers_of_tasks(model, tasks, questions["images"])
    wanted = _named({one.name: expected_answer(one, by_task, questions) for one in signatures})
    answers = read_answers(folder, questions)
    best = _best(answers, signatures, {task: model.class_names[task] for task in tasks}, questions, top)
    names = sorted(wanted | best)
    if sorted(answers) != names:
        raise RuntimeError(f"The SavedModel must give {names}. Received: {sorted(answers)}. None is published.")
    for name, values in best.items():
        if not np.array_equal(answers[name], values):
            raise RuntimeError(
                f"The SavedModel's {name} must be {values}. Received: {answers[name]}. None is published."
            )
    largest = max(float(np.max(np.abs(answers[name] - np.float32(values)))) for name, values in wanted.items())
    _expect_close(largest, by_task, model.compute_dtype)
    return largest


def _best(answers, signatures, class_names, questions, top):
    """Returns classes and scores that signatures must give with the probabilities that they give."""
    best = {}
    for signature in signatures:
        names = names_of_rows(signature, class_names, questions)
        given = answers.get(f"{signature.name}/probabilities")
        if given is not None and any(names):
            best[signature.name] = best_of(given, names, min(top, given.shape[1]))
    return _named(best)


def _named(answers):
    return {f"{name}/{output}": values for name, answer in answers.items() for output, values in answer.items()}


def _expect_close(largest, by_task, dtype):
    values = [np.max(np.abs(values)) for answer in by_task.values() for values in answer.values()]
    limit = max(1.0, *map(float, values)) * TOLERANCES.get(dtype, HALF_TOLERANCE)
    # So that NaN fails.
    if not largest <= limit:
        raise RuntimeError(
            f"The SavedModel must answer as the model does, within {limit:.2g}. Received: a difference of "
            f"{largest:.3g}. None is published."
        )


def read_answers(folder, questions):
    """Returns `{"signature/output": array}` as a process without Keras reads them from a SavedModel."""
    with tempfile.TemporaryDirectory() as scratch:
        given, answers = Path(scratch) / "questions.npz", Path(scratch) / "answers.npz"
        np.savez(given, **questions)
        paths = ["--questions", str(given), "--answers", str(answers)]
        run_child("read the SavedModel back", [str(READ_BACK), str(folder), *paths])
        with np.load(answers) as arrays:
            return dict(arrays)
