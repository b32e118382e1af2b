"""Names of classes that published checkpoints were trained on."""

import functools
import importlib.resources


@functools.cache
def imagenet_class_names():
    """Returns the names of the 1000 classes of ImageNet-1k, in the order of its labels.

    The file beside this one has a line a class: the identifier of its WordNet synset and the words of that synset.
    Labels are numbered by the sorted identifiers. The list of identifiers is that of the ILSVRC 2012 data set, as in
    `imagenet2012/labels.txt` of tensorflow-datasets 4.9.10 and, equal to it, `imagenet_synsets.txt` of timm 1.0.31; the
    words are those of WordNet 3.0, Princeton University, as in `imagenet_synset_to_lemma.txt` of timm 1.0.31.

    Returns:
        Tuple of 1000 texts; two different classes are called "crane".
    """
    return tuple(words for _, words in _rows())


def imagenet_synsets():
    """Returns the identifiers of the WordNet synsets of these classes, likewise."""
    return tuple(synset for synset, _ in _rows())


def _rows():
    text = (importlib.resources.files("keras_modnet.converters") / "imagenet_classes.tsv").read_text(encoding="utf-8")
    return [tuple(line.split("\t")) for line in text.splitlines()]
