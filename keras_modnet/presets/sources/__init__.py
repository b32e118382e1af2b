"""Where presets come from: downloads, entries of the zoo without weights, handles of model hubs."""

from keras_modnet.presets.sources.handles import fetch_handle
from keras_modnet.presets.sources.upload import upload_preset

__all__ = ["fetch_handle", "upload_preset"]
