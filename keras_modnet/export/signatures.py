"""Which signatures a SavedModel has."""

import dataclasses

from keras_modnet.checks import expect

DEFAULT_SIGNATURE = "serving_default"
MIXED, MIXED_BY_NAME = "mixed", "mixed_by_name"
BYTES_ENDING = "_image_bytes"


@dataclasses.dataclass(frozen=True)
class Signature:
    """One signature.

    Attributes:
        name: its name.
        task: the task that it runs; None: each row says its own.
        encoded: whether it takes encoded images.
        by_name: whether rows say the names of their tasks, and not the indices.
    """

    name: str
    task: str | None
    encoded: bool = False
    by_name: bool = False


@dataclasses.dataclass(frozen=True)
class ServingOptions:
    """What a SavedModel offers.

    Attributes:
        default: task of the default signature.
        image_bytes: whether there are signatures for encoded images, too.
        top: how many of the most likely classes an answer names.
        warmup: batch sizes of the warm-up requests; may be empty.
        model_name: name of the model on a server.
    """

    default: str
    image_bytes: bool
    top: int
    warmup: tuple[int, ...]
    model_name: str


def signatures_of(tasks, options):
    """Returns the `Signature`s of a SavedModel.

    Args:
        tasks: `{name: number of classes or None}`.
        options: `ServingOptions`.

    Raises:
        ValueError: two signatures would have one name.
    """
    endings = [("", False), (BYTES_ENDING, True)] if options.image_bytes else [("", False)]
    signatures = [Signature(task + ending, task, encoded) for ending, encoded in endings for task in tasks]
    # A batch for several tasks: there have to be several.
    if sum(num_classes is not None for num_classes in tasks.values()) > 1:
        signatures += [
            Signature(name + ending, None, encoded, name == MIXED_BY_NAME)
            for ending, encoded in endings
            for name in (MIXED, MIXED_BY_NAME)
        ]
    signatures.append(Signature(DEFAULT_SIGNATURE, options.default))
    names = [signature.name for signature in signatures]
    others = (
        f"other than {DEFAULT_SIGNATURE!r}, {MIXED!r}, {MIXED_BY_NAME!r} and another with {BYTES_ENDING!r} behind it"
    )
    expect(len(set(names)) == len(names), "tasks", f"names {others}", list(tasks))
    return tuple(signatures)
