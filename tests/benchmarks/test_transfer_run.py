import numpy as np

from benchmarks.transfer import run


def test_a_row_that_names_the_ordering_searches_it_by_few_images_too(make_model, images, labels, monkeypatch):
    model = make_model(compiled=False, tasks={run.TASK: 2})
    model.set_ordering(run.TASK, [0, 1, 2])
    monkeypatch.setattr(run, "new_model", lambda *arguments: model)
    job = {"target": "emoji", "method": run.ORDERING, "learning_rate": 1e-2, "seed": 0, "steps": 1}
    learned = run.learn(job, (images, labels), (images, labels))
    layers = model.task_layers[run.TASK]
    own = [layers.ordering_variable, *layers.head.trainable_variables]
    assert learned["trained_parameters"] == sum(np.prod(variable.shape) for variable in own)
