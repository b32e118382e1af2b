"""Lists the presets that ship with the package.

Example:
    keras-modnet list
    keras-modnet list "*_reuse" --licence="apache*"
"""

from absl import flags

from keras_modnet.cli.command import Command, flag_values

FLAGS = flag_values()
flags.DEFINE_string("task", None, "Only presets with a task of this name; * stands for anything.", flag_values=FLAGS)
flags.DEFINE_string("licence", None, "Only presets of this licence; * stands for anything.", flag_values=FLAGS)
flags.DEFINE_integer("image_size", None, "Only presets for images of so many pixels a side.", flag_values=FLAGS)


def run(words, values):
    """Prints the table."""
    from keras_modnet.presets import list_presets

    filters = {name: values[name].value for name in ("task", "licence", "image_size")}
    chosen = {name: value for name, value in filters.items() if value is not None}
    print(list_presets(*words, **chosen))


COMMAND = Command("list", __doc__, "[NAME, with * for anything]", (0, 1), FLAGS, run)
