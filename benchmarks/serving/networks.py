"""Networks of any number of tasks, with random weights, an ordering and norms of each task's own."""

import keras
import numpy as np

import keras_modnet

# The first is the toy's.
NETWORKS = {
    "toy": {"image_shape": (8, 8, 1), "num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 4},
    "digits": {"image_shape": (28, 28, 1), "num_blocks": 6, "num_steps": 8, "width": 28, "patch_size": 4},
    "convnext": {
        "image_shape": (112, 112, 3),
        "num_blocks": 18,
        "num_steps": 18,
        "width": 192,
        "patch_size": 16,
        "block": "convnext",
        "norm": "layer",
    },
}
NUM_CLASSES = 10


def make_network(name, num_tasks, seed):
    """Returns a `ModNet`.

    Args:
        name: key of `NETWORKS`.
        num_tasks: its tasks, called "task0" and so on.
        seed: of weights, orderings and norms.
    """
    keras.utils.set_random_seed(seed)
    arguments, generator = NETWORKS[name], np.random.default_rng(seed)
    model = keras_modnet.ModNet(tasks={f"task{index}": NUM_CLASSES for index in range(num_tasks)}, **arguments)
    for task in model.task_names:
        blocks = generator.integers(0, arguments["num_blocks"], arguments["num_steps"])
        model.set_ordering(task, blocks.tolist())
    for name, variable in model.named_variables().items():
        if name.endswith("offset") and name.startswith("tasks/"):
            variable.assign(generator.normal(0, 0.1, variable.shape).astype("float32"))
    return model


def parameter_bytes(model):
    """Returns the bytes of a model's parameters that run: without the logits of orderings."""
    named = model.named_variables().items()
    return sum(4 * int(np.prod(variable.shape)) for name, variable in named if "/ordering/" not in name)
