"""What is known of a preset without its weights, and the table of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keras_modnet.presets.figures import format_latency, format_macs, format_result
from keras_modnet.presets.reading import describe_folder
from keras_modnet.presets.sources.origins import weights_place

WIDTH = 100
"""Columns of the printed table."""

_COLUMNS = (
    *("preset, task", "image", "accuracy (%)", "parameters"),
    *("MACs (M)", "CPU (ms)", "weights", "licence"),
)
_LEFT_ALIGNED = ("preset, task", "image", "weights", "licence")
_MISSING = "-"
_INDENT = "  "


@dataclass(frozen=True)
class PresetInfo:
    """The facts of one preset. A fact that its card does not state is `None`, or absent from its dict.

    Args:
        name: name of the preset, that of its folder.
        path: path of its folder.
        description: what it is, in a sentence.
        tasks: names of its tasks, in the order of its configuration.
        accuracy: dict of task to mean test accuracy over the seeds, percent.
        accuracy_std: dict of task to the standard deviation of that accuracy, percent points.
        unique_parameters: number of parameters, each counted once however often it is used.
        macs: dict of task to multiply-adds for one image with the hard ordering.
        latency_ms: dict of task to milliseconds for one image on a CPU with the hard ordering.
        licence: licence of the weights.
        image_shape: `(height, width, channels)` of the images in pixels.
        weights: where they are: `"local"`, in the folder; `"cached"`, downloaded before; `"download"`, to be
            downloaded on the first use.
    """

    name: str
    path: Path
    description: str | None
    tasks: tuple[str, ...]
    accuracy: dict[str, float]
    accuracy_std: dict[str, float]
    unique_parameters: int | None
    macs: dict[str, int]
    latency_ms: dict[str, float]
    licence: str | None
    image_shape: tuple[int, int, int]
    weights: str


class PresetTable(Mapping):
    """A read-only mapping of preset name to `PresetInfo` that prints as a table: a line a preset, and one a task.

    Lines have at most 100 columns; longer licences are cut, and are whole in `PresetInfo.licence`. "parameters" counts
    every parameter of the preset once, moving statistics and the orderings' logits included; "MACs (M)" are millions of
    multiply-adds of one image.

    Args:
        presets: iterable of `PresetInfo`.
    """

    def __init__(self, presets):
        """Orders the presets as they come."""
        self._presets = {info.name: info for info in presets}

    def __getitem__(self, name):
        """Returns the `PresetInfo` of the preset `name`."""
        return self._presets[name]

    def __iter__(self):
        """Iterates over the names."""
        return iter(self._presets)

    def __len__(self):
        """Returns the number of presets."""
        return len(self._presets)

    def __str__(self):
        """Returns the table: a header, a line for each preset, then one for each of its tasks; "-" is not known."""
        rows = [_COLUMNS, *(row for info in self.values() for row in _rows(info))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(_format_row(row, widths) for row in rows)

    __repr__ = __str__


def preset_info(folder):
    """Reads the facts of the preset in `folder` from its two JSON files; its other files are not opened.

    Args:
        folder: path of the preset folder.

    Returns:
        `PresetInfo`.

    Raises:
        PresetError: if one of the two files is missing, altered or malformed.
    """
    folder = Path(folder).expanduser()
    contents = describe_folder(folder)
    metadata = contents.metadata
    card = metadata["card"]
    # A card may hold other measures, too; they do not belong under the heading of accuracy.
    measured = {task: one for task, one in card.get("measured", {}).items() if "accuracy" in one["metric"].lower()}
    return PresetInfo(
        name=folder.name,
        path=folder,
        description=card.get("description"),
        tasks=tuple(contents.config["model"]["tasks"]),
        accuracy={task: one["mean"] for task, one in measured.items()},
        accuracy_std={task: one["std"] for task, one in measured.items() if "std" in one},
        unique_parameters=card.get("unique_parameters"),
        macs=dict(card.get("macs", {})),
        latency_ms=dict(card.get("latency_ms", {})),
        licence=card.get("licence"),
        image_shape=tuple(contents.config["model"]["image_shape"]),
        weights=weights_place(folder, metadata),
    )


def _rows(info):
    parameters = _MISSING if info.unique_parameters is None else f"{info.unique_parameters:,}"
    image = "x".join(map(str, info.image_shape))
    yield info.name, image, "", parameters, "", "", info.weights, info.licence or _MISSING
    for task in info.tasks:
        macs = format_macs(info.macs[task]) if task in info.macs else _MISSING
        latency = format_latency(info.latency_ms[task]) if task in info.latency_ms else _MISSING
        yield _INDENT + task, "", _accuracy(info, task), "", macs, latency, "", ""


def _accuracy(info, task):
    return format_result(info.accuracy[task], info.accuracy_std.get(task)) if task in info.accuracy else _MISSING


def _format_row(row, widths):
    cells = (
        cell.ljust(width) if column in _LEFT_ALIGNED else cell.rjust(width)
        for column, cell, width in zip(_COLUMNS, row, widths, strict=True)
    )
    line = "  ".join(cells).rstrip()
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"
