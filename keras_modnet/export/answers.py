"""What a client gets: logits, probabilities, the names of the most likely classes. Imports TensorFlow where it runs."""

import numpy as np


class ClassNames:
    """The names of all tasks' classes in one variable.

    Args:
        tasks: the `ServedTask`s.
        top: how many of the most likely classes an answer names at most.

    Attributes:
        variables: the variable, of strings; none where no task has names.
    """

    def __init__(self, tasks, top):
        import tensorflow as tf

        counts = [len(task.class_names or ()) for task in tasks]
        self._counts, self._starts = np.array(counts, "int32"), np.cumsum([0, *counts[:-1]], dtype="int32")
        names = [name for task in tasks for name in task.class_names or ()]
        self.variables = [tf.Variable(names, trainable=False, dtype=tf.string)] if names else []
        self._top, self._most = top, max(task.num_classes or 0 for task in tasks)

    def num_best(self, task):
        """Returns how many classes an answer of a `ServedTask` names; 0 where they have no names."""
        return 0 if task.class_names is None else min(self._top, task.num_classes)

    @property
    def num_best_of_any(self):
        """How many an answer of several tasks names; 0 where none has names."""
        return min(self._top, self._most) if self.variables else 0

    def of_best(self, probabilities, task, count):
        """Returns names and probabilities of the most likely classes, the most likely first.

        Args:
            probabilities: `(batch, classes)`.
            task: int32 `(batch,)`, each row's task; or a scalar, that of all.
            count: how many.

        Returns:
            `{"classes": strings (batch, count), "scores": float32 (batch, count)}`; `""` for a class without a name.
        """
        import tensorflow as tf

        scores, best = tf.math.top_k(probabilities, count)
        counts, starts = (tf.expand_dims(tf.gather(values, task), -1) for values in (self._counts, self._starts))
        named = best < counts
        names = tf.gather(self.variables[0], tf.where(named, starts + best, 0))
        return {"classes": tf.where(named, names, ""), "scores": scores}


def as_answer(logits, names, task, count):
    """Returns `{"logits": ..., "probabilities": ...}`, and with a `count` of at least 1 what `of_best` returns.

    Args:
        logits: `(batch, classes)`.
        names: the `ClassNames`.
        task: as in `ClassNames.of_best`.
        count: likewise.
    """
    import tensorflow as tf

    answer = {"logits": logits, "probabilities": tf.nn.softmax(logits)}
    return answer | names.of_best(answer["probabilities"], task, count) if count else answer


def where_valid(answer, valid):
    """Returns an answer with `valid` itself, and with zeros and empty names in rows that are not valid."""
    import tensorflow as tf

    column, nothing = tf.expand_dims(valid, 1), {tf.string: ""}
    kept = {name: tf.where(column, values, nothing.get(values.dtype, 0)) for name, values in answer.items()}
    return kept | {"valid": valid}
