"""Names of tasks and classes as files of a SavedModel. Imports TensorFlow where it writes."""

TASKS = "tasks.txt"
ENDING = ".labels.txt"


def label_assets(network, folder):
    """Returns the assets of a SavedModel: files of one name a line, in the order of the indices.

    `tasks.txt` has the tasks, and `TASK.labels.txt` the classes of a task, where they have names. In names of classes a
    backslash is written `\\\\`, and a line's end `\\n` or `\\r`.

    Args:
        network: the `ServedNetwork`.
        folder: `Path` of a folder to write the files to, from where TensorFlow copies them.
    """
    import tensorflow as tf

    files = {TASKS: [task.name for task in network.tasks]}
    files |= {f"{task.name}{ENDING}": task.class_names for task in network.tasks if task.class_names is not None}
    for name, lines in files.items():
        (folder / name).write_bytes("".join(f"{_on_one_line(line)}\n" for line in lines).encode())
    return [tf.saved_model.Asset(str(folder / name)) for name in files]


def _on_one_line(name):
    return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
