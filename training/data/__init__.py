"""Labelled images as numpy arrays, and batches of them for one task or several.

`load` brings a split into memory, `to_shape` gives it the model's image shape, `ImageBatches` and `TaskBatches` feed
`fit`, `as_tf_dataset` turns either into a `tf.data.Dataset`. `ChangedBatches` and `StreamedSplit` feed the training of
a classifier from scratch, from memory or from disk. Importing this package imports no more than Keras and its
backend: TensorFlow, tensorflow-datasets, Pillow and keras-cv are imported where they are first needed.
"""

from keras_modnet.data.epochs import FollowEpochs
from keras_modnet.data.image_changes import ImageChanges
from training.data.augmentation import augmentation
from training.data.batches import ImageBatches, TaskBatches
from training.data.catalog import DATA_SETS, DataSetInfo, add_data_set, describe
from training.data.changed_batches import ChangedBatches
from training.data.images import to_shape
from training.data.label_mixing import LabelMixing
from training.data.loading import load
from training.data.streams import StreamedSplit
from training.data.tf_batches import as_tf_dataset

__all__ = [
    "DATA_SETS",
    "ChangedBatches",
    "DataSetInfo",
    "FollowEpochs",
    "ImageBatches",
    "ImageChanges",
    "LabelMixing",
    "StreamedSplit",
    "TaskBatches",
    "add_data_set",
    "as_tf_dataset",
    "augmentation",
    "describe",
    "load",
    "to_shape",
]
