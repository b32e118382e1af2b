"""Uploads a preset folder to a model hub."""

from pathlib import Path

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import METADATA_FILE
from keras_modnet.presets.reading import read_preset
from keras_modnet.presets.sources.hubs import hub_errors, import_hub
from keras_modnet.presets.sources.hugging_face import split_repository


def upload_preset(folder, handle, message="Upload a keras_modnet preset", private=False):
    """Uploads a preset folder to the Hugging Face Hub, in one commit, after all of it was checked.

    Only the files that `metadata.json` lists go up, and that file itself. The repository is made if there is none.
    Who you are the hub's package knows: `hf auth login` or the variable `HF_TOKEN`.

    Args:
        folder: path of the preset folder.
        handle: `hf://OWNER/NAME`, or `hf://OWNER/NAME@BRANCH` for a branch that exists.
        message: first line of the commit. Defaults to `"Upload a keras_modnet preset"`.
        private: whether a repository that is made is private. Defaults to False.

    Returns:
        The handle with the commit, `hf://OWNER/NAME@COMMIT`, which `from_preset` takes.

    Raises:
        PresetError: if the folder is not a whole preset, the handle is none of the hub's, the package `huggingface_hub`
            is missing, or the hub refuses or cannot be reached.
    """
    if not str(handle).startswith("hf://"):
        raise PresetError(handle, "a handle hf://OWNER/NAME to upload to", "a handle of another hub")
    repository, branch = split_repository(handle)
    folder = Path(folder).expanduser()
    metadata = read_preset(folder).metadata
    hub = import_hub(handle, "huggingface_hub", "huggingface_hub")
    with hub_errors(handle, "a repository on the Hugging Face Hub that takes the preset"):
        api = hub.HfApi()
        api.create_repo(repository, private=private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            allow_patterns=[METADATA_FILE, *metadata["files"]],
            commit_message=message,
            revision=branch,
        )
    return f"hf://{repository}@{commit.oid}"
