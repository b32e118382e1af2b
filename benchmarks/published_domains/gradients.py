"""The rows of `benchmarks.published_domains` in which numbers train by an objective without labels."""

import keras

import keras_modnet
from benchmarks.published_domains.orders import INFORMATION
from benchmarks.published_transfer.run import SOURCE, TASK

TENT = "norms (TENT)"
BOTH = "order + norms: by information maximization, then TENT"
MIXED = "mixed order, learned by information maximization"
TRAINING = {"epochs": 1, "batch_size": 10, "learning_rate": 1e-3}
# What it does is settled on the other set, and it takes longest.
NOT_MIXED = ("office31",)
OBJECTIVES = {
    TENT: {"parts": ("norm",), "objective": "entropy"},
    BOTH: {"parts": ("norm",), "objective": "entropy"},
    MIXED: {"parts": ("ordering",), "search": "mixture"},
}


def gradient_rows(case, judged):
    """Returns `{row: {"accuracy_percent": ..., "trained_parameters": ...}}`, each from a head in closed form.

    Args:
        case: `case.Case`.
        judged: what `orders.judge_all` returned.
    """
    searched = min(judged, key=lambda own: own.scores[INFORMATION])
    starts = {TENT: judged[0], BOTH: searched}
    if case.set_name not in NOT_MIXED:
        starts[MIXED] = judged[0]
    return {name: adapted(case, start, OBJECTIVES[name]) for name, start in starts.items()}


def adapted(case, start, objective):
    """Adapts a task from a head in closed form, tests it and removes it.

    Args:
        case: `case.Case`.
        start: `orders.Judged`, whose order and head the task starts with.
        objective: arguments of `keras_modnet.adapt_domain`.

    Returns:
        Plain data: accuracy, trained parameters, the objective before and after, seconds.
    """
    keras.utils.set_random_seed(case.seed)
    model = case.model
    model.add_task(TASK, case.num_classes, init_from=SOURCE, pooling="class_token_and_patches")
    try:
        model.set_ordering(TASK, start.ordering)
        dense, (kernel, bias) = model.task_layers[TASK].head.dense, start.head
        dense.kernel.assign(kernel.astype("float32"))
        dense.bias.assign(bias.astype("float32"))
        options = {"task": TASK, "seed": case.seed, "verbose": 0} | TRAINING | objective
        result = keras_modnet.adapt_domain(model, None, case.target_images, **options)
        logits = model.task(TASK).predict(case.test_images, batch_size=50, verbose=0)
    finally:
        model.remove_task(TASK)
    labels = case.test_under(case.published)[1]
    return {
        "accuracy_percent": 100 * float((logits.argmax(-1) == labels).mean()),
        "trained_parameters": result.trained_parameters,
        "objective_before": result.objective_source,
        "objective_after": result.objective_after,
        "seconds": result.seconds,
    }
