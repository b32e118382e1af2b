"""The files of a folder of images, a folder a class: listed as Keras lists them, before any is read."""

import os
from pathlib import Path

import numpy as np

from keras_modnet.checks import expect

# What file managers leave behind, beside all names with a dot in front.
LEFT_BEHIND = ("thumbs.db", "desktop.ini")


def is_path(data):
    """Returns whether data are given by a path."""
    return isinstance(data, str | os.PathLike)


def class_folders(folder, argument="folder"):
    """Returns the folders of the classes in a folder, sorted by name; hidden ones are left out.

    Args:
        folder: its path.
        argument: what it is called in errors.

    Raises:
        ValueError: there is no such folder, or none in it.
    """
    root = Path(folder).expanduser()
    found = str(folder) if root.is_dir() else f"{folder}: {'a file' if root.exists() else 'no such folder'}"
    expect(root.is_dir(), argument, "the path of a folder with a folder of images for each class", found)
    inside = sorted((path for path in root.iterdir() if not _hidden(path.name)), key=lambda path: path.name)
    folders = [path for path in inside if path.is_dir()]
    received = f"{folder}: {len(inside)} files and no folder"
    expect(folders, argument, "a folder with a folder of images for each class", received)
    return folders


def images_of(folder):
    """Returns the paths of all files in a folder and in those inside of it, sorted; hidden ones are left out."""
    paths = []
    for inside, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        paths += [os.path.join(inside, name) for name in sorted(files) if not _hidden(name)]
    return paths


def list_images(folder, class_names=None, argument="folder"):
    """Returns the names of classes, the files of all of them, and their labels.

    Args:
        folder: a folder with a folder of images for each class.
        class_names: names of the classes in the order of their labels, of which there may be folders for some; None:
            those of the folders, sorted.
        argument: what it is called in errors.

    Returns:
        `(names, files, labels)`: a tuple of texts, a list of paths, and int64 `(n,)`.

    Raises:
        ValueError: no such folder, none in it, one without files, a folder of no class, or one class alone.
    """
    folders = class_folders(folder, argument)
    if class_names is None:
        expect(len(folders) > 1, argument, "a folder of at least two classes", f"{folder}: {folders[0].name} alone")
    names = tuple(path.name for path in folders) if class_names is None else tuple(class_names)
    files, labels = [], []
    for path in folders:
        own = images_of(path)
        known = names.count(path.name) == 1
        others = f"a folder of the classes {', '.join(names[:20])}{', ...' if len(names) > 20 else ''}"
        expect(known, argument, others, str(path))
        expect(own, argument, "a folder with at least one image of each class", f"{path}: empty")
        files += own
        labels += [names.index(path.name)] * len(own)
    return names, files, np.array(labels, "int64")


def held_out_rows(labels, share, seed):
    """Returns which images are kept and which are held out: of every class a share, drawn from the seed.

    Args:
        labels: class of each image, `(n,)`.
        share: over 0 and under 1; of a class at least one image is held out, and at least one kept.
        seed: fixes which.

    Returns:
        `(kept, held out)`, sorted int64.

    Raises:
        ValueError: another share, or a class with one image.
    """
    expect(0 < share < 1, "validation_split", "a share over 0 and under 1", share)
    generator, held = np.random.default_rng(seed), []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        several = "0 or at least two images of each class, one to train on and one to hold out"
        expect(len(rows) > 1, "validation_split", several, f"{share} with one image of class {label}")
        count = min(max(round(share * len(rows)), 1), len(rows) - 1)
        held.append(generator.permutation(rows)[:count])
    held = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(labels)), held), held


def _hidden(name):
    return name.startswith(".") or name.lower() in LEFT_BEHIND
