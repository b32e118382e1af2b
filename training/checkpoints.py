"""Writes entries of the zoo for checkpoints that others have published: everything but the weights.

Example:
    python -m training.checkpoints --entry=imagenet_reuse --entry_dir=zoo/imagenet_reuse
"""

import dataclasses
import math
import pathlib

from absl import app, flags

from keras_modnet import presets
from keras_modnet.analysis.cards import render_card
from keras_modnet.converters import architectures, convmixer, convnext
from keras_modnet.layers.values import value_of
from keras_modnet.models.modnet import ModNet
from keras_modnet.version import __version__
from training.data.catalog import DATA_SETS

ENTRY = flags.DEFINE_string("entry", None, "Name of an entry of this file.")
ENTRY_DIR = flags.DEFINE_string("entry_dir", None, "Folder to write the entry to.")


@dataclasses.dataclass(frozen=True)
class Published:
    """What those who published a checkpoint say of it; nothing of it was measured here.

    Args:
        architecture: name in `keras_modnet.converters.ARCHITECTURES`.
        url: address of the file.
        description: what the preset is, in a sentence.
        repository: where it was published; its README gives accuracy and parameters.
        licence: licence of the weights.
        accuracy_percent: test accuracy.
        metric: what that accuracy is.
        parameters: number of parameters, as it is written there.
        data: what it was trained on, as on a card: `{"name": ..., "terms": ..., "cite": ..., "bibtex": ...}`.
        intended_use: what it is for, and what images have to go through first.
        citations: BibTeX entries of the network.
    """

    architecture: str
    url: str
    description: str
    repository: str
    licence: str
    accuracy_percent: float
    metric: str
    parameters: str
    data: dict[str, str]
    intended_use: str
    citations: tuple[str, ...]


ENTRIES = {
    "imagenet_reuse": Published(
        architecture="convnext_isotropic_small",
        url="https://dl.fbaipublicfiles.com/convnext/convnext_iso_small_1k_224_ema.pth",
        description="The published isotropic ConvNeXt-S, a classifier of ImageNet-1k, as a bank of blocks that one "
        "task runs in their order.",
        repository="https://github.com/facebookresearch/ConvNeXt",
        licence="MIT",
        accuracy_percent=78.7,
        metric="top-1 accuracy at 224 x 224",
        parameters="22M",
        data={
            "name": "imagenet2012",
            "terms": DATA_SETS["imagenet2012"].terms,
            "cite": DATA_SETS["imagenet2012"].citation,
            "bibtex": DATA_SETS["imagenet2012"].bibtex,
        },
        intended_use="A bank to start from: new tasks on photographs, and the classes of ImageNet-1k. Images are RGB, "
        "224 x 224, with values from 0 to 255: resize the short side to 256 and take the centre. The model does the "
        "rest of the preprocessing.",
        citations=(
            "@inproceedings{liu2022convnet,\n"
            "  title = {A {ConvNet} for the 2020s},\n"
            "  author = {Liu, Zhuang and Mao, Hanzi and Wu, Chao-Yuan and Feichtenhofer, Christoph and Darrell, Trevor "
            "and Xie, Saining},\n"
            "  booktitle = {Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition},\n"
            "  year = {2022}\n"
            "}",
        ),
    )
}


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
    arguments = arguments_of(published.architecture)
    model = ModNet(**arguments)
    origin = {
        "kind": "checkpoint",
        "url": published.url,
        "file": published.url.rpartition("/")[2],
        "bytes": None,
        "sha256": None,
        "architecture": published.architecture,
    }
    config = {"class": "ModNet", "keras_modnet_version": __version__, "model": arguments}
    tensors = {name: value_of(variable) for name, variable in model.named_variables().items()}
    card = make_card(published, model)
    text = render_card(pathlib.Path(entry_dir).name, card)
    return presets.write_entry(entry_dir, config, tensors, origin, card, {"README.md": text})


def arguments_of(architecture):
    """Returns the arguments of `ModNet` that the conversion of a checkpoint of this architecture gives."""
    description = architectures.DESCRIPTIONS[architecture]
    further = {"convnext": convnext.ARGUMENTS, "convmixer": convmixer.ARGUMENTS}
    return description.arguments() | further[description.family]


def make_card(published, model):
    """Returns the facts of the card, as the metadata's schema has them.

    Args:
        published: a `Published`.
        model: the model that its conversion gives, with whatever weights.
    """
    (task,) = model.task_names
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
    }


def _limits(published):
    return (
        f"The weights are downloaded from {published.url}, published by {published.repository} under the licence "
        f"{published.licence}. The README there gives {published.accuracy_percent} % {published.metric} and "
        f"{published.parameters} parameters; neither was measured here. The conversion was tested with random weights "
        "against a reference network in torch. The published file itself was never loaded here, for want of a network. "
        "Its publisher states no size and no hash that is known here: the hash of the first file that converts is "
        "recorded on the machine that downloaded it and checked from then on, and the name and shape of every tensor "
        "are checked whenever one is converted."
    )


if __name__ == "__main__":
    flags.mark_flags_as_required(["entry", "entry_dir"])
    app.run(main)
