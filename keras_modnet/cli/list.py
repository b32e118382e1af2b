"""Lists the presets that ship with the package.

Example:
    keras-modnet list
    keras-modnet list "*_reuse" --licence=apache
"""

from absl import flags

from keras_modnet.cli.command import Command, flag_values

FLAGS = flag_values()
flags.DEFINE_string("task", None, "Only presets with a task of this name; * stands for anything.", flag_values=FLAGS)
flags.DEFINE_string("licence", None, "Only presets whose licence has these words.", flag_values=FLAGS)
flags.DEFINE_integer("max_parameters", None, "Only presets of at most so many parameters.", flag_values=FLAGS)


def run(words, values):
    """Prints the table."""
    from keras_modnet.presets import list_presets

    filters = {name: values[name].value for name in ("task", "licence", "max_parameters")}
    chosen = {name: value for name, value in filters.items() if value is not None}
    print(list_presets(*words, **chosen))


COMMAND = Command("list", __doc__, "[NAME, with * for anything]", (0, 1), FLAGS, run)
