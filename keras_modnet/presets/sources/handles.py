"""Handles of model hubs: which scheme is whose."""

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.sources import cloud_storage, hugging_face, kaggle_models


def fetch_handle(handle):
    """Returns the path of the preset folder that a handle names; what is not on this machine is downloaded.

    Args:
        handle: one of the forms in `hubs.FORMS`.

    Raises:
        PresetError: if the scheme is unknown, the handle is malformed, the hub's package is missing, or the hub does
            not give the files and no copy is kept.
    """
    fetch = {"hf": hugging_face.fetch, "kaggle": kaggle_models.fetch, "gs": cloud_storage.fetch}
    scheme = handle.partition("://")[0]
    if scheme not in fetch:
        schemes = ", ".join(f"{known}://" for known in fetch)
        raise PresetError(handle, f"the name of a preset, a path or a handle of {schemes}", f"the scheme {scheme}://")
    return fetch[scheme](handle)
