"""What a card says about the model itself."""

import math

from keras_modnet.analysis.latency import latency_ms


def model_facts(model):
    """Returns the facts of a card that follow from the model, its latency measured on this machine.

    Args:
        model: a `ModNet`.

    Returns:
        Dict with the keys of the metadata's schema: `tasks`, `orderings` (the block of each step by task, no mixtures),
        `unique_parameters` (each counted once), `macs` (multiply-adds of one image by task) and `latency_ms`
        (milliseconds of one image by task, through `to_static`).
    """
    tasks = model.task_names
    orderings = {task: model.ordering(task) for task in tasks}
    sizes = [math.prod(variable.shape) for variable in model.named_variables().values() if len(variable.shape)]
    return {
        "tasks": list(tasks),
        "orderings": {task: list(own.blocks) for task, own in orderings.items() if not own.mixed},
        "unique_parameters": sum(sizes),
        "macs": {task: model.count_macs(task) for task in tasks},
        "latency_ms": {task: round(latency_ms(model.to_static(task)), 2) for task in tasks},
    }
