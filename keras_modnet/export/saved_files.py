"""The files of a SavedModel. Imports TensorFlow where it writes."""

import tempfile
from pathlib import Path

from keras_modnet.export.answers import ClassNames
from keras_modnet.export.labels import label_assets
from keras_modnet.export.mixed_functions import MixedFunctions
from keras_modnet.export.served import Served
from keras_modnet.export.shared_graph import SharedGraph
from keras_modnet.export.signatures import DEFAULT_SIGNATURE, signatures_of
from keras_modnet.export.task_functions import TaskFunctions
from keras_modnet.export.warmup import write_warmup


def write_saved_model(network, folder, options):
    """Writes a SavedModel; Keras must run on TensorFlow.

    Args:
        network: the `ServedNetwork`.
        folder: `Path` to write to.
        options: `ServingOptions`.
    """
    import tensorflow as tf

    graph, names = SharedGraph(network), ClassNames(network.tasks, options.top)
    signatures = signatures_of({task.name: task.num_classes for task in network.tasks}, options)
    # TensorFlow's own variables and nothing of Keras around them: saved as a Keras object, each would be stored twice.
    module = tf.Module()
    module.stored, module.class_names = graph.variables, names.variables
    with tempfile.TemporaryDirectory() as scratch:
        module.labels = label_assets(network, Path(scratch))
        tf.saved_model.save(module, str(folder), _functions(Served(network, graph, names), signatures))
    drop_hints(folder / "saved_model.pb")
    write_warmup(folder, network, signatures, options)


def _functions(served, signatures):
    """Returns `{signature name: function}`."""
    of_task, of_rows = TaskFunctions(served).of, MixedFunctions(served).of
    places, functions = {task.name: place for place, task in enumerate(served.network.tasks)}, {}
    for one in signatures:
        if one.name == DEFAULT_SIGNATURE:
            functions[one.name] = functions[one.task]
        elif one.task is None:
            functions[one.name] = of_rows(one.by_name, one.encoded)
        else:
            functions[one.name] = of_task(places[one.task], one.encoded)
    return functions


def drop_hints(file):
    """Takes shapes off a SavedModel that TensorFlow notes at each operation and finds again when it loads.

    Of many thin functions they are a fourth. Shapes of what goes in and comes out stay where a server reads them.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    graph = saved.meta_graphs[0].graph_def
    for function in graph.library.function:
        function.attr.pop("_input_shapes", None)
    for nodes in (graph.node, *(function.node_def for function in graph.library.function)):
        for node in nodes:
            for name in ("_output_shapes", "_collective_manager_ids"):
                node.attr.pop(name, None)
    file.write_bytes(saved.SerializeToString(deterministic=True))
