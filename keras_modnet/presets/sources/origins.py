"""Presets of the zoo whose weights are somewhere else: downloaded, converted where needed, and kept in the cache."""

import functools
import json
import shutil

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import CONFIG_FILE, METADATA_FILE, WEIGHTS_FILE, read_listed_file
from keras_modnet.presets.reading import lacks_weights, read_config, read_metadata
from keras_modnet.presets.sources import hugging_face
from keras_modnet.presets.sources.cache import cache_folder, keep_once, link_files
from keras_modnet.presets.sources.downloads import download
from keras_modnet.presets.sources.transfer import TransferError
from keras_modnet.presets.weights import describe_tensors
from keras_modnet.presets.writing import write_preset


def kept_folder(folder, metadata):
    """Returns the path in the cache of the preset that an entry becomes; nothing need be there.

    Args:
        folder: `Path` of the entry in the zoo.
        metadata: its metadata. Another release of it has a folder of its own.
    """
    return cache_folder() / "presets" / metadata["digest"][:16] / folder.name


def weights_place(folder, metadata):
    """Returns where the weights of the preset in the path `folder` are: `"local"`, `"cached"` or `"download"`."""
    if not lacks_weights(folder, metadata):
        return "local"
    return "cached" if kept_folder(folder, metadata).is_dir() else "download"


def complete_entry(folder, offline_names):
    """Returns the path of a whole preset folder for an entry of the zoo that lacks its weights.

    The first call downloads; later ones need no network.

    Args:
        folder: `Path` of the entry.
        offline_names: function that returns the names of presets that need no network, for the error.

    Raises:
        PresetError: if the file does not arrive, is another one, or cannot be converted.
    """
    metadata = read_metadata(folder)
    kept = kept_folder(folder, metadata)
    complete = _complete_checkpoint if metadata["origin"]["kind"] == "checkpoint" else _complete_file
    # The folder above carries the release in its name, so it is what appears whole or not at all.
    if not kept.is_dir():
        try:
            complete(folder, metadata, kept)
        except TransferError as error:
            raise _unreachable(folder, metadata, error, offline_names()) from error
    return kept


def _downloaded_path(folder, origin):
    name = origin.get("file") or f"{folder.name}-{origin['sha256'][:16]}.safetensors"
    downloads = cache_folder() / "downloads"
    if _is_on_hub(origin):
        # Files of different repositories have the same name.
        repository, _ = hugging_face.split_repository(origin["url"])
        downloads /= repository.replace("/", "--")
    return downloads / name


def _is_on_hub(origin):
    return origin["url"].startswith("hf://")


def _complete_file(folder, metadata, kept):
    origin, listed = metadata["origin"], metadata["files"][WEIGHTS_FILE]
    if listed != {"bytes": origin["bytes"], "sha256": origin["sha256"]}:
        raise PresetError(folder / METADATA_FILE, f"the origin of {listed}", str(origin))
    path = _downloaded_path(folder, origin)
    download(origin["url"], path, origin["bytes"], origin["sha256"])
    small = [METADATA_FILE, *(metadata["files"].keys() - {WEIGHTS_FILE})]

    def fill(release):
        (release / folder.name).mkdir()
        link_files(release / folder.name, {WEIGHTS_FILE: path})
        for name in small:
            # No link: whoever edits the package's own files must not change what is kept.
            shutil.copyfile(folder / name, release / folder.name / name)

    keep_once(kept.parent, fill)


def _complete_checkpoint(folder, metadata, kept):
    origin = metadata["origin"]

    def accept(path, received):
        converted = _convert(folder, metadata, path)
        found = origin | {"bytes": received.size, "sha256": received.sha256}
        keep_once(kept.parent, lambda release: _write(folder, metadata, converted, found, release / folder.name))

    path, stated = _downloaded_path(folder, origin), (origin["bytes"], origin["sha256"])
    if _is_on_hub(origin):
        download(origin["url"], path, *stated, accept, functools.partial(_receive_from_hub, origin["file"]))
    else:
        download(origin["url"], path, *stated, accept)


def _receive_from_hub(name, handle, path, size):
    return hugging_face.receive_file(handle, name, path)


def _convert(folder, metadata, path):
    # Imported here: who loads other presets does without it.
    from keras_modnet.converters import convert

    origin = metadata["origin"]
    try:
        converted = convert(path, origin["architecture"], origin.get("image_size"))
    except ValueError as error:
        expected = f"a checkpoint of {origin['architecture']}"
        raise PresetError(_name(folder, origin, path), expected, str(error)) from error
    arguments = json.loads(json.dumps(converted.arguments))
    config = read_config(folder, metadata)
    if arguments != config["model"]:
        raise PresetError(folder / CONFIG_FILE, "the arguments that conversion gives", _difference(config, arguments))
    described = describe_tensors(converted.tensors)
    if described != metadata["tensors"]:
        unlike = sorted(name for name in described | metadata["tensors"] if _unlike(name, described, metadata))
        raise PresetError(_name(folder, origin, path), "the tensors that metadata.json lists", f"another '{unlike[0]}'")
    return converted


def _name(folder, origin, path):
    # What has only just arrived lies under a passing name and will be gone.
    return path if path == _downloaded_path(folder, origin) else origin["url"]


def _difference(config, arguments):
    names = sorted(name for name in config["model"] | arguments if config["model"].get(name) != arguments.get(name))
    return f"others: {', '.join(names)}"


def _unlike(name, described, metadata):
    return described.get(name) != metadata["tensors"].get(name)


def _write(folder, metadata, converted, origin, target):
    config = {key: value for key, value in read_config(folder, metadata).items() if key != "format_version"}
    further = metadata["files"].keys() - {CONFIG_FILE, WEIGHTS_FILE}
    extra_files = {name: read_listed_file(folder / name, metadata["files"][name]) for name in further}
    write_preset(target, config, converted.tensors, metadata["card"], extra_files, origin)


def _unreachable(folder, metadata, error, names):
    origin = metadata["origin"]
    path = _downloaded_path(folder, origin)
    expected = f"the file {path.name} from {origin['url']}"
    by_hand = f"put it into {path.parent} by hand, or take a preset that needs no network: {', '.join(names) or 'none'}"
    return PresetError(folder.name, expected, f"{error}; {by_hand}")
