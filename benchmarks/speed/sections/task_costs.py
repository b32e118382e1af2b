"""The three costs of many tasks on one bank: switching between them, memory, predictions that share first steps."""

import time

import psutil

from benchmarks.shared.timing import interleaved, summary
from benchmarks.speed.networks import CLASSES, TASK, cell_of, compiled, cycle, make_batch, make_modnet
from keras_modnet.layers.blocks import basic, register_block
from keras_modnet.layers.stages import Conv
from keras_modnet.layers.values import value_of

SWITCHED, MANY, SHARING = 4, 100, 4
PREFIXES = (0, 4, 6)
REPEATS = 20
runs_of_python = []


class CountedConv(Conv):
    """A convolution that notes whenever Python runs it, which a compiled function does only while it is traced."""

    def apply(self, x, weights):
        """Notes it and convolves."""
        runs_of_python.append(self.name)
        return super().apply(x, weights)


def _counted(width):
    *others, _ = basic(width)
    return (*others, CountedConv("conv2", width, width, 3))


register_block("counted_for_speed", _counted, output_activation="relu")


def _repeats(job):
    return 2 if job["smoke"] else REPEATS


def _add_tasks(model, count):
    names = [f"task{number}" for number in range(1, count + 1)]
    for name in names:
        model.add_task(name, CLASSES, init_from=TASK)
    return names


def switching(job):
    """Returns times of predictions with and without switching tasks, and how often Python ran the network again."""
    cell, seed = cell_of(job), job["seed"]
    images, _ = make_batch(cell, seed)
    model = make_modnet(cell, seed, cycle(cell), block="counted_for_speed")
    tasks = [compiled(model.task(name)) for name in (TASK, *_add_tasks(model, SWITCHED - 1))]

    def predict(models):
        for task in models:
            task.predict_on_batch(images)

    predict(tasks)
    traced = len(runs_of_python)
    functions = {"staying": lambda: predict(tasks[:1] * SWITCHED), "switching": lambda: predict(tasks)}
    found = summary(interleaved(functions, _repeats(job)), "staying")
    return {"rows": found, "predictions": SWITCHED, "runs_again": len(runs_of_python) - traced}


def memory(job):
    """Returns bytes of the variables of many tasks and of the process, and the time of a prediction among many."""
    cell, seed = cell_of(job), job["seed"]
    images, _ = make_batch(cell, seed)
    alone, model = (make_modnet(cell, seed, cycle(cell)) for _ in range(2))
    count = SWITCHED if job["smoke"] else MANY
    process = psutil.Process()
    held, start = process.memory_info().rss, time.perf_counter()
    _add_tasks(model, count - 1)
    seconds, grown = time.perf_counter() - start, process.memory_info().rss - held
    named = model.named_variables()
    own = _bytes(variable for name, variable in named.items() if name.startswith(f"tasks/{TASK}/"))
    shared = _bytes(variable for name, variable in named.items() if not name.startswith("tasks/"))
    every = _bytes(model.variables)
    functions = {}
    for number, own_model in ((1, alone), (count, model)):
        task = compiled(own_model.task(TASK))
        functions[f"one of {number}"] = lambda task=task: task.predict_on_batch(images)
    return {
        "tasks": count,
        "shared_bytes": shared,
        "task_bytes": own,
        "other_bytes_a_task": (every - shared - count * own) / count,
        "process_bytes_a_task": grown / (count - 1),
        "seconds_a_task": seconds / (count - 1),
        "prediction": summary(interleaved(functions, _repeats(job), warmup=2), "one of 1"),
    }


def _bytes(variables):
    return sum(value_of(variable).nbytes for variable in variables)


def sharing(job):
    """Returns times of several tasks on the same images, one by one and by `to_static_tasks`, by equal first steps."""
    cell, seed = cell_of(job), job["seed"]
    images, _ = make_batch(cell, seed)
    found = []
    for prefix in (1,) if job["smoke"] else PREFIXES:
        model = make_modnet(cell, seed, cycle(cell))
        names = [TASK, *_add_tasks(model, SHARING - 1)]
        for number, name in enumerate(names):
            model.set_ordering(name, _ordering(cell, prefix, number))
        single = [compiled(model.to_static(name)) for name in names]
        together = compiled(model.to_static_tasks(names))
        functions = {
            "one by one": lambda single=single: [network.predict_on_batch(images) for network in single],
            "together": lambda together=together: together.predict_on_batch(images),
        }
        steps = cell["num_steps"]
        found.append(
            {
                "prefix": prefix,
                "counted": (prefix + SHARING * (steps - prefix)) / (SHARING * steps),
                "rows": summary(interleaved(functions, _repeats(job), warmup=2), "one by one"),
            }
        )
    return found


def _ordering(cell, prefix, number):
    """Returns an ordering that is that of other tasks up to a step, and another one from there on."""
    order = cycle(cell)
    return order[:prefix] + [(block + number) % cell["num_blocks"] for block in order[prefix:]]
