"""A `ServedNetwork` as files, on its way to a process in which Keras runs on TensorFlow."""

import dataclasses
import json

import keras
import numpy as np

from keras_modnet.export.network import ServedNetwork, ServedTask
from keras_modnet.export.tables import Table

TABLES = ("stem_tables", "step_tables", "head_tables")


def save_network(network, folder):
    """Writes a `ServedNetwork`.

    Args:
        network: the `ServedNetwork`.
        folder: `Path` of an empty folder.
    """
    for name, model in network.models.items():
        model.save(folder / f"{name}.keras")
    arrays = {}
    for name in TABLES:
        for index, table in enumerate(getattr(network, name)):
            arrays[f"{name}/{index}/rows"] = table.rows
            arrays |= {f"{name}/{index}/{place}": values for place, values in enumerate(table.values)}
    for task, pair in network.kernels.items():
        arrays |= {f"kernels/{task}/{place}": values for place, values in enumerate(pair)}
    np.savez(folder / "arrays.npz", **arrays)
    facts = {
        "image_shape": network.image_shape,
        "resizing": network.resizing,
        "tasks": [dataclasses.asdict(task) for task in network.tasks],
        "models": list(network.models),
        "layers": {name: [len(table.values) for table in getattr(network, name)] for name in TABLES},
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def load_network(folder):
    """Returns the `ServedNetwork` that `save_network` wrote to a folder, a `Path`."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    with np.load(folder / "arrays.npz") as file:
        arrays = dict(file)

    def tables(name):
        for index, count in enumerate(facts["layers"][name]):
            values = tuple(arrays[f"{name}/{index}/{place}"] for place in range(count))
            yield Table(values, arrays[f"{name}/{index}/rows"])

    tasks = tuple(ServedTask(**task) for task in facts["tasks"])
    with_classes = [task.name for task in tasks if task.num_classes is not None]
    return ServedNetwork(
        image_shape=tuple(facts["image_shape"]),
        resizing=facts["resizing"],
        tasks=tasks,
        models={name: keras.saving.load_model(folder / f"{name}.keras", compile=False) for name in facts["models"]},
        kernels={name: (arrays[f"kernels/{name}/0"], arrays[f"kernels/{name}/1"]) for name in with_classes},
        **{name: tuple(tables(name)) for name in TABLES},
    )
