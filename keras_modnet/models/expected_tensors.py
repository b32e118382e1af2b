"""Names and shapes of a model's tensors, from its arguments alone: what a file has to hold before anything is made."""

import itertools
import math
from typing import NamedTuple

from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.overlapping import convolution_channels
from keras_modnet.layers.stages import BlockLayerNorm, StepNorm


class Expected(NamedTuple):
    """What one tensor has to be.

    Attributes:
        shape: its shape.
        is_flag: whether it is a truth value; else it is of floats.
        positive: what its values have to be: `"over 0"`, `"from 0"`, or None for any finite number.
    """

    shape: tuple[int, ...]
    is_flag: bool = False
    positive: str | None = None


def expected_tensors(arguments, specs):
    """Yields `(name, Expected)` of every tensor of a `ModNet`, as `ModNet.named_variables` calls it.

    Nothing is made for it: how large a network would be costs nothing to say, and whoever compares stops where
    something is wrong.

    Args:
        arguments: what `arguments.checked_model` returned.
        specs: its specs of tasks.
    """
    kind, width = block_kind(arguments["block"]), arguments["width"]
    yield from _under("stem/", _stem(arguments, kind))
    for stage in kind.stages(width):
        for name, weight in stage.weights().items():
            yield f"bank/{stage.name}/{name}", Expected((arguments["num_blocks"], *weight.shape))
    for task, spec in specs.items():
        yield from _under(f"tasks/{task}/", expected_of_task(arguments, spec))


def expected_of_task(arguments, spec):
    """Yields `(name, Expected)` of every tensor of a task, as `TaskLayers.variables_by_name` calls it.

    Args:
        arguments: what `arguments.checked_model` returned.
        spec: the task's as `task_specs.task_specs` returns it.
    """
    kind, width = block_kind(arguments["block"]), arguments["width"]
    num_steps, ordering = spec["num_steps"], (spec["num_steps"], arguments["num_blocks"])
    if spec.get("mixed"):
        yield "ordering/coefficients", Expected(ordering)
    else:
        yield "ordering/logits", Expected(ordering)
        yield "ordering/temperature", Expected((), positive="over 0")
        yield "ordering/hardened", Expected((), is_flag=True)
    stages = kind.stages(width)
    for stage in stages:
        if isinstance(stage, StepNorm):
            yield from _norm(f"norm/{stage.name}", (num_steps, stage.channels), arguments["norm"])
    for stage in stages if spec.get("own_norms") else ():
        if isinstance(stage, BlockLayerNorm):
            yield from _norm(f"norm/{stage.name}", (num_steps, stage.channels), "layer")
    if kind.stem_activation is None:
        yield from _norm("head/output", (1, width), arguments["norm"])
    if spec["num_classes"] is not None:
        pooled = 2 * width if pooling_of(arguments, spec) == "class_token_and_patches" else width
        yield "head/kernel", Expected((pooled, spec["num_classes"]))
        yield "head/bias", Expected((spec["num_classes"],))


def pooling_of(arguments, spec):
    """Returns how the head of a task pools: as the task says, else as the network does, else as its kind suggests."""
    default = "class_token" if block_kind(arguments["block"]).tokens else "mean"
    return spec.get("pooling") or arguments["pooling"] or default


def _stem(arguments, kind):
    width, side = arguments["width"], arguments["patch_size"]
    height, image_width, channels = arguments["image_shape"]
    if arguments["stem_convolutions"]:
        yield from _overlapping(arguments, channels)
    else:
        yield "kernel", Expected((side, side, channels, width))
        yield "bias", Expected((width,))
    if kind.tokens:
        yield "class_token", Expected((width,))
        if arguments["register_tokens"]:
            yield "register_tokens", Expected((arguments["register_tokens"], width))
        yield "positions", Expected((1 + math.prod((height // side, image_width // side)), width))
    elif kind.stem_activation is not None:
        yield from _norm("output", (1, width), arguments["norm"])


def _overlapping(arguments, inputs):
    sizes = [arguments[name] for name in ("width", "patch_size", "stem_convolutions")]
    outputs = convolution_channels(*sizes)
    for index, (before, channels) in enumerate(itertools.pairwise([inputs, *outputs])):
        yield f"conv{index}/kernel", Expected((3, 3, before, channels))
        yield f"conv{index}/bias", Expected((channels,))
    for index, channels in enumerate(outputs[:-1]):
        yield from _norm(f"norm{index}", (1, channels), arguments["norm"])


def _norm(place, shape, norm):
    yield f"{place}/scale", Expected(shape)
    yield f"{place}/offset", Expected(shape)
    if norm == "batch":
        yield f"{place}/mean", Expected(shape)
        # A channel that never changes has a variance of zero; the norm adds its epsilon.
        yield f"{place}/variance", Expected(shape, positive="from 0")


def _under(prefix, tensors):
    for name, expected in tensors:
        yield f"{prefix}{name}", expected
