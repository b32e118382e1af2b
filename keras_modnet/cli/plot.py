"""Draws the orderings of a preset's tasks.

Example:
    keras-modnet plot --preset=digits_reuse --output=orderings.png
    keras-modnet plot --preset=digits_reuse --kind=blocks --task=mnist --output=mnist.svg
"""

from absl import flags

from keras_modnet.cli.command import Command, WrongArgumentError, flag_values
from keras_modnet.cli.loading import define_preset, load_model

KINDS = {
    "orderings": "the block of each step of each task, and how often blocks run",
    "blocks": "the way of one task through the blocks",
    "similarity": "which tasks run the same blocks at the same steps",
}
FLAGS = flag_values()
define_preset(FLAGS, "digits_reuse")
flags.DEFINE_string("output", None, "The file; its ending says the format, .png or .svg.", flag_values=FLAGS)
flags.DEFINE_list("task", None, "Names of tasks, with commas; default: all.", flag_values=FLAGS)
kinds = "; ".join(f"{name}: {text}" for name, text in KINDS.items())
flags.DEFINE_enum("kind", "orderings", list(KINDS), f"What is drawn: {kinds}.", flag_values=FLAGS)


def run(words, values):
    """Draws and says where."""
    if values.output is None:
        raise WrongArgumentError("--output must be a file .png or .svg. Received: none")
    model, task = load_model(values)
    from keras_modnet import analysis

    if values.kind == "blocks":
        tasks = values.task or [task]
        if len(tasks) > 1:
            raise WrongArgumentError(f"--task must be one task for --kind=blocks. Received: {','.join(tasks)}")
        analysis.plot_block_graph(model.ordering(tasks[0]), values.output)
    else:
        draw = {"orderings": analysis.plot_orderings, "similarity": analysis.plot_similarity}[values.kind]
        draw(model, values.output, tasks=values.task)
    print(f"written: {values.output}")


COMMAND = Command("plot", __doc__, "", (0, 0), FLAGS, run)
