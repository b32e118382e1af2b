"""`kaggle://OWNER/MODEL/FRAMEWORK/VARIATION/VERSION`: presets among Kaggle's models, through `kagglehub`."""

import re
from pathlib import Path

from keras_modnet.presets.sources.hubs import hub_errors, import_hub, split_handle

_HANDLE = re.compile(r"kaggle://((?:[A-Za-z0-9_][\w.-]*/){3}[A-Za-z0-9_][\w.-]*(?:/[1-9][0-9]*)?)", re.ASCII)


def fetch(handle):
    """Returns the path of the preset folder that the handle names, in the cache of `kagglehub`.

    Args:
        handle: `kaggle://OWNER/MODEL/FRAMEWORK/VARIATION`, with `/VERSION` if it is pinned. Which version is the newest
            only Kaggle knows: without a version the network is needed even for what is cached.

    Raises:
        PresetError: if Kaggle does not give the files and the cache does not hold them.
    """
    (model,) = split_handle(handle, _HANDLE, "kaggle")
    hub = import_hub(handle, "kagglehub", "kagglehub")
    with hub_errors(handle, "a preset on Kaggle or in its cache"):
        return Path(hub.model_download(model))
