"""Presets: named configurations with their weights, kept in plain folders of JSON and safetensors."""

from keras_modnet.presets.documents import plain_json
from keras_modnet.presets.entries import host_weights, write_entry
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import CONFIG_FILE, FORMAT_VERSION
from keras_modnet.presets.info import PresetInfo, PresetTable
from keras_modnet.presets.reading import PresetContents, read_preset
from keras_modnet.presets.registry import describe_preset, find_preset, list_presets, zoo_folder
from keras_modnet.presets.revising import revise_card
from keras_modnet.presets.sources import upload_preset
from keras_modnet.presets.writing import write_preset

__all__ = [
    "CONFIG_FILE",
    "FORMAT_VERSION",
    "PresetContents",
    "PresetError",
    "PresetInfo",
    "PresetTable",
    "describe_preset",
    "find_preset",
    "host_weights",
    "list_presets",
    "plain_json",
    "read_preset",
    "revise_card",
    "upload_preset",
    "write_entry",
    "write_preset",
    "zoo_folder",
]
