"""Batches of several domains, and which ordering each of them runs through."""

import keras
import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.arrays import is_arrays
from keras_modnet.data.checks import as_array, check_images, check_labels, class_indices
from keras_modnet.data.resizing import fit_images
from keras_modnet.models.ordering import Ordering

EPOCH = 50


class DomainBatches(keras.utils.PyDataset):
    """Batches of labelled domains in the order of some turns, `EPOCH` of them an epoch.

    A batch depends on the seed and its number alone, so that looking at one twice changes nothing.

    Args:
        sources: `{domain: (images, labels) or PyDataset}`.
        turns: a `Turn` for each batch, a multiple of `EPOCH` of them or fewer than it.
        batch_size: images in a batch.
        seed: fixes which images come.
    """

    def __init__(self, sources, turns, batch_size, seed):
        super().__init__(workers=1, use_multiprocessing=False)
        self.sources, self.turns, self.batch_size, self.seed = sources, turns, batch_size, seed
        self._first = 0

    def __len__(self):
        """Batches of an epoch."""
        return min(EPOCH, len(self.turns))

    def __getitem__(self, index):
        """Returns images and labels of one batch of the present epoch."""
        number = self._first + index
        turn = self.turns[number % len(self.turns)]
        generator = np.random.default_rng((self.seed, number))
        sizes = [len(part) for part in np.array_split(np.arange(self.batch_size), len(turn.domains))]
        parts = [draw(self.sources[name], size, generator) for name, size in zip(turn.domains, sizes, strict=True)]
        return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))

    def on_epoch_end(self):
        """Goes on to the next epoch's batches."""
        self._first += len(self)


class Routes(keras.callbacks.Callback):
    """Gives the task the blocks of each turn before its batch comes.

    Args:
        router: the task's router.
        turns: as `DomainBatches` takes them.
    """

    def __init__(self, router, turns):
        super().__init__()
        self.router, self.turns = router, turns
        self._number, self._present = 0, None

    def on_train_batch_begin(self, batch, logs=None):
        """Writes the ordering into the router's variables; nothing is traced again."""
        blocks = self.turns[self._number % len(self.turns)].blocks
        self._number += 1
        if blocks != self._present:
            if keras.backend.backend() == "jax":
                # Keras keeps the weights elsewhere while it trains, and reads the variables again after this.
                self.model.jax_state_sync()
            self.router.set_weights_now(Ordering.from_blocks(blocks, self.router.num_blocks).weights)
            self._present = blocks


def draw(source, count, generator):
    """Returns `count` images and labels of a domain; fewer where a dataset's batches are smaller.

    Args:
        source: a pair of arrays, or a `PyDataset`, of which one batch is taken.
        count: how many.
        generator: NumPy's.
    """
    if isinstance(source, keras.utils.PyDataset):
        batch = source[int(generator.integers(source.num_batches))]
        images, labels = (np.asarray(keras.ops.convert_to_numpy(part)) for part in batch[:2])
        return images[:count], class_indices(labels[:count])
    images, labels = source
    rows = generator.choice(len(labels), count, replace=count > len(labels))
    return images[rows], labels[rows]


def checked_sources(model, task, sources):
    """Returns the domains as `DomainBatches` takes them: arrays, or `PyDataset` as they are.

    Args:
        model: a `ModNet`.
        task: name of the task.
        sources: `{domain: (images, labels), PyDataset, or any other iterable of batches}`; the last is read whole.

    Raises:
        ValueError: no domains, no data, or such as the task cannot take.
    """
    expect(isinstance(sources, dict) and sources, "sources", "a dict {domain: data} with at least one", sources)
    shape, num_classes, checked = model.image_shape, model.num_classes(task), {}
    for name, data in sources.items():
        if isinstance(data, keras.utils.PyDataset):
            expect(data.num_batches, f"sources[{name!r}]", "a dataset with at least one batch", "an empty one")
            _checked_batch(name, data[0], shape, num_classes)
            checked[name] = data
        else:
            batches = [_checked_batch(name, batch, shape, num_classes) for batch in _batches(name, data, model)]
            checked[name] = tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))
    return checked


def _batches(name, data, model):
    if is_arrays(data):
        images = fit_images(as_array(f"sources[{name!r}]", data[0]), model.image_shape, model.resizing)
        return [(images, *data[1:])]
    expect(hasattr(data, "__iter__"), f"sources[{name!r}]", "images and labels, or batches of them", type(data))
    batches = list(data)
    expect(batches, f"sources[{name!r}]", "a dataset with at least one batch", "an empty one")
    return batches


def _checked_batch(name, batch, image_shape, num_classes):
    """Returns images and class indices of a batch, as NumPy arrays."""
    images, labels = (as_array(f"sources[{name!r}]", part) for part in batch[:2])
    check_images(f"domain {name}", images, image_shape)
    check_labels(f"domain {name}", labels, num_classes, len(images))
    return np.asarray(keras.ops.convert_to_numpy(images)), class_indices(labels)
