"""Writes entries of the zoo for checkpoints that others have published: everything but the weights.

Example:
    python -m training.checkpoints --entry=imagenet_reuse --entry_dir=zoo/imagenet_reuse
"""

import math
import pathlib

from absl import app, flags

from keras_modnet import presets
from keras_modnet.analysis.cards import render_card
from keras_modnet.converters import architectures
from keras_modnet.layers.values import value_of
from keras_modnet.models.modnet import ModNet
from keras_modnet.version import __version__
from training.checkpoint_entries import ENTRIES

ENTRY = flags.DEFINE_string("entry", None, "Name of an entry of `training.checkpoint_entries`.")
ENTRY_DIR = flags.DEFINE_string("entry_dir", None, "Folder to write the entry to.")


def main(argv):
    """Writes the entry that was asked for."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    if ENTRY.value not in ENTRIES:
        raise app.UsageError(f"--entry must be one of {', '.join(ENTRIES)}. Received: {ENTRY.value!r}")
    print(f"entry written to {write(ENTRIES[ENTRY.value], ENTRY_DIR.value)}")


def write(published, entry_dir):
    """Writes an entry of the zoo.

    Args:
        published: a `Published`.
        entry_dir: path of the folder, whose name is that of the preset.

    Returns:
        The path.
    """
    arguments = architectures.DESCRIPTIONS[published.architecture].arguments(published.image_size)
    model = ModNet(**arguments)
    origin = {
        "kind": "checkpoint",
        "url": published.url,
        "file": published.file or published.url.rpartition("/")[2],
        "bytes": None,
        "sha256": None,
        "architecture": published.architecture,
    }
    origin |= {} if published.image_size is None else {"image_size": published.image_size}
    config = {"class": "ModNet", "keras_modnet_version": __version__, "model": arguments}
    tensors = {name: value_of(variable) for name, variable in model.named_variables().items()}
    card = make_card(published, model)
    text = render_card(pathlib.Path(entry_dir).name, card)
    return presets.write_entry(entry_dir, config, tensors, origin, card, {"README.md": text})


def make_card(published, model):
    """Returns the facts of the card, as the metadata's schema has them.

    Args:
        published: a `Published`.
        model: the model that its conversion gives, with whatever weights.
    """
    (task,) = model.task_names
    # Cards say "logits" where nothing else is said.
    gives = {"outputs": "features"} if architectures.DESCRIPTIONS[published.architecture].num_classes is None else {}
    stated = {"metric": published.metric, "percent": published.accuracy_percent, "parameters": published.parameters}
    return {
        "description": published.description,
        "intended_use": published.intended_use,
        "licence": published.licence,
        "limits": _limits(published),
        "published": {"url": published.url, "repository": published.repository, **stated},
        "tasks": [task],
        "data": {task: published.data},
        "orderings": {task: list(range(model.task_layers[task].num_steps))},
        "macs": {task: model.count_macs(task)},
        "unique_parameters": sum(math.prod(v.shape) for v in model.named_variables().values() if len(v.shape)),
        "citations": list(published.citations),
    } | gives


def _limits(published):
    file = "" if published.file is None else f", file {published.file}"
    resized, size = "", published.image_size
    if size is not None:
        published_size = architectures.DESCRIPTIONS[published.architecture].image_size
        resized = (
            f"They were published for images of {published_size} pixels a side; the position embeddings are "
            f"interpolated for images of {size} when the file is converted, as the published code does it. "
        )
    return (
        f"The weights are downloaded from {published.url}{file}, published by {published.repository} under the licence "
        f"{published.licence}. {resized}The README there gives {published.accuracy_percent} % {published.metric} and "
        f"{published.parameters} parameters; neither was measured here. The conversion was tested with random weights "
        "against a reference network in torch. The published file itself was never loaded here, for want of a network. "
        "Its publisher states no size and no hash that is known here: the hash of the first file that converts is "
        "recorded on the machine that downloaded it and checked from then on, and the name and shape of every tensor "
        "are checked whenever one is converted."
    )


if __name__ == "__main__":
    flags.mark_flags_as_required(["entry", "entry_dir"])
    app.run(main)
