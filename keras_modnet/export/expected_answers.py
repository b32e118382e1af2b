"""What a SavedModel must answer, from the model that it was made of."""

import keras
import numpy as np

from keras_modnet.export.shared_graph import BEYOND

NUM_IMAGES = 2


def questions_of(model, tasks):
    """Returns the questions that every signature is asked, as `read_back.inputs_of` takes them.

    Args:
        model: the `ModNet`.
        tasks: names of the exported tasks.
    """
    images = np.random.default_rng(0).integers(0, 256, (NUM_IMAGES, *model.image_shape)).astype("uint8")
    with_classes = [index for index, task in enumerate(tasks) if model.num_classes(task) is not None]
    # The first task in two places, and an index and a name that no task has.
    asked = [*with_classes, len(tasks), *with_classes[:1]]
    names = [*tasks, "no task"]
    return {
        "images": images,
        "rows": np.arange(len(asked)) % NUM_IMAGES,
        "task": np.array(asked, "int32"),
        "task_name": np.array([names[index] for index in asked]).astype("S"),
    }


def answers_of_tasks(model, tasks, images):
    """Returns `{task: {"logits": array, "probabilities": array}}` of the model itself, or `{"features": array}`.

    Computed by a copy on the CPU: accelerators round the factors of float32 products, which is no fault of the files.
    """
    with keras.device("cpu:0"):
        copy = type(model).from_config(model.get_config())
        values = model.named_variables()
        for name, variable in copy.named_variables().items():
            variable.assign(keras.ops.convert_to_numpy(values[name]))
        logits = copy({task: keras.ops.convert_to_tensor(images, "float32") for task in tasks}, training=False)
    logits = {task: keras.ops.convert_to_numpy(values) for task, values in logits.items()}
    return {task: _outputs(values, model.num_classes(task)) for task, values in logits.items()}


def expected_answer(signature, by_task, questions):
    """Returns `{output: array}` that a signature must give.

    Args:
        signature: the `Signature`.
        by_task: what `answers_of_tasks` returned.
        questions: what `questions_of` returned.
    """
    answer = _of_rows(by_task, questions) if signature.task is None else by_task[signature.task]
    if not signature.encoded:
        return answer
    # The row behind the last one is no image.
    valid = answer.get("valid", np.ones(NUM_IMAGES, "bool"))
    return {name: np.concatenate([v, np.zeros_like(v[:1])]) for name, v in (answer | {"valid": valid}).items()}


def best_of(probabilities, names, count):
    """Returns `{"classes": array of bytes (rows, count), "scores": array (rows, count)}`, the most likely class first.

    Args:
        probabilities: `(rows, classes)`.
        names: for each row the names of its classes, or None.
        count: how many.
    """
    best = np.argsort(-probabilities, axis=-1, kind="stable")[:, :count]
    classes = [
        [own[index].encode() if own is not None and index < len(own) else b"" for index in row]
        for own, row in zip(names, best, strict=True)
    ]
    return {"classes": np.array(classes), "scores": np.take_along_axis(probabilities, best, -1)}


def names_of_rows(signature, class_names, questions):
    """Returns for each row of a signature's answer the names of its task's classes; None where there is no such task.

    Args:
        signature: the `Signature`.
        class_names: `{task: list of texts or None}` of the exported tasks, in their order.
        questions: what `questions_of` returned.
    """
    if signature.task is None:
        by_index = [*class_names.values(), None]
        names = [by_index[index] for index in questions["task"]]
    else:
        names = [class_names[signature.task]] * len(questions["images"])
    return [*names, None] if signature.encoded else names


def _of_rows(by_task, questions):
    tasks, classified = list(by_task), [answer for answer in by_task.values() if "logits" in answer]
    width, count = max(answer["logits"].shape[1] for answer in classified), len(questions["task"])
    logits, probabilities = np.zeros((count, width), "float32"), np.zeros((count, width), "float32")
    valid = questions["task"] < len(tasks)
    for row in np.flatnonzero(valid):
        own, image = by_task[tasks[questions["task"][row]]], questions["rows"][row]
        num_classes = own["logits"].shape[1]
        logits[row], logits[row, :num_classes] = BEYOND, own["logits"][image]
        probabilities[row, :num_classes] = own["probabilities"][image]
    return {"logits": logits, "probabilities": probabilities, "valid": valid}


def _outputs(values, num_classes):
    return {"features": values} if num_classes is None else {"logits": values, "probabilities": _softmax(values)}


def _softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
