"""Gives a task another ordering and writes the model as a preset. Steps and blocks are counted from 0.

Example:
    keras-modnet edit --preset=digits_reuse --task=mnist --repeat=2 --output=longer
    keras-modnet edit --preset=digits_reuse --task=mnist --blocks=0,1,2,3 --output=shorter
"""

from absl import flags

from keras_modnet.cli.command import Command, WrongArgumentError, flag_values
from keras_modnet.cli.loading import define_preset, expect_new, load_model

FLAGS = flag_values()
define_preset(FLAGS, "digits_reuse")
flags.DEFINE_string("task", None, "Name of the task; default: the model's.", flag_values=FLAGS)
flags.DEFINE_string("output", None, "Folder of the new preset.", flag_values=FLAGS)
flags.DEFINE_list("blocks", None, "The block of each step, with commas.", flag_values=FLAGS)
flags.DEFINE_list("repeat", None, "STEP, or STEP,TIMES: how often it runs in all.", flag_values=FLAGS)
flags.DEFINE_list("insert", None, "STEP,BLOCK: a block to run at this step, before what ran there.", flag_values=FLAGS)
flags.DEFINE_list("remove", None, "STEP to leave out.", flag_values=FLAGS)
flags.DEFINE_list("swap", None, "STEP,STEP to exchange.", flag_values=FLAGS)

# How many whole numbers each takes.
EDITS = {"blocks": (1, None), "repeat": (1, 2), "insert": (2, 2), "remove": (1, 1), "swap": (2, 2)}


def run(words, values):
    """Edits, prints both orderings and writes the preset."""
    given = {name: _numbers(name, values[name].value) for name in EDITS if values[name].value is not None}
    if len(given) != 1:
        raise WrongArgumentError(f"expected one of {', '.join(f'--{name}' for name in EDITS)}. Received: {len(given)}")
    if values.output is None:
        raise WrongArgumentError("--output must be a folder. Received: none")
    expect_new("output", values.output)
    model, task = load_model(values)
    task = values.task or task
    before = model.ordering(task)
    ((name, numbers),) = given.items()
    model.set_ordering(task, numbers if name == "blocks" else getattr(before, name)(*numbers))
    for word, ordering in (("before", before), ("after", model.ordering(task))):
        print(f"{word:<7} {' '.join(map(str, ordering.blocks))}")
    print(f"million multiply-adds: {model.count_macs(task) / 1e6:,.2f}")
    print(f"written: {model.save_to_preset(values.output)}")


def _numbers(name, texts):
    fewest, most = EDITS[name]
    whole = all(text.strip().isdigit() for text in texts)
    if not (whole and fewest <= len(texts) <= (len(texts) if most is None else most)):
        raise WrongArgumentError(f"--{name} must be whole numbers, as --help says. Received: {','.join(texts)!r}")
    return [int(text) for text in texts]


COMMAND = Command("edit", __doc__, "", (0, 0), FLAGS, run)
