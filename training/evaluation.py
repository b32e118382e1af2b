"""How well a trained model does on images that it has not seen."""

from training.task_data import is_stream

TEST_BATCH = 256


def evaluate(model, tasks, recipe=None, batch_size=1000):
    """Returns `{task: accuracy in percent}` with the hard orderings.

    Args:
        model: a `ModNet`, or any Keras model from images keyed by task to logits keyed by task.
        tasks: `{task: data}` held out from training, as `task_data.load_tasks` returns it.
        recipe: the `Recipe`; streams are cut out as it says. Default None: there are none.
        batch_size: images of arrays at a time.
    """
    accuracies = {}
    for task, data in tasks.items():
        if is_stream(data):
            # First, since how many images are left is known then.
            labels = data.labels()
            logits = model.task(task).predict(data.plain_batches(recipe, TEST_BATCH), verbose=0)
        else:
            images, labels = data
            logits = model.predict({task: images}, batch_size=batch_size, verbose=0)[task]
        accuracies[task] = 100 * float((logits.argmax(-1) == labels).mean())
    return accuracies
