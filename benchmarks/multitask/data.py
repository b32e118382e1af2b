"""The tasks of `benchmarks.multitask`, each a name as `training.data.load` takes it."""

DATA = {
    "mnist": "mnist",
    "fashion": "fashion_mnist",
    "letters": "letters",
    "cifar10": "cifar10",
    "emoji": "emoji/noto",
}
# Not to be had from tensorflow-datasets.
ONLY_ARRAYS = ("emoji",)
