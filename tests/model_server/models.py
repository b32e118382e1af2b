"""The models of a server, as its `models.config` names them."""

from google.protobuf import text_format
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2
from tensorflow_serving.config import model_server_config_pb2

from model_server.versions import NotFoundError, Version

AVAILABLE = get_model_status_pb2.ModelVersionStatus.AVAILABLE


class Models:
    """Loads the versions that a `models.config` asks for: the largest one, or those of its policy.

    Args:
        config: `Path` of the file.
        places: `{base_path as the file says: Path}`, as `docker run -v` puts folders into a container.
    """

    def __init__(self, config, places):
        parsed = text_format.Parse(config.read_text(), model_server_config_pb2.ModelServerConfig())
        self._configs = {one.name: one for one in parsed.model_config_list.config}
        self._versions = {name: _load(one, places[one.base_path]) for name, one in self._configs.items()}

    def version(self, name, number=None):
        """Returns a `Version`, the largest one of a model where no number is given."""
        versions = self._versions.get(name, {})
        number = max(versions, default=None) if number is None else number
        if number not in versions:
            raise NotFoundError(f"Servable not found for request: {name} {number}")
        return versions[number]

    def labelled(self, name, label):
        """Returns the number that a label stands for."""
        labels = self._configs[name].version_labels if name in self._configs else {}
        if label not in labels:
            raise NotFoundError(f"Unrecognized servable version label: {label}")
        return labels[label]

    def status(self, name, number=None):
        """Returns the `GetModelStatusResponse` of a version, or of all of a model."""
        self.version(name, number)
        response = get_model_status_pb2.GetModelStatusResponse()
        for one in self._versions[name] if number is None else [number]:
            response.model_version_status.add(version=one, state=AVAILABLE, status={})
        return response

    def metadata(self, name, number=None):
        """Returns the `GetModelMetadataResponse` of a version: its signatures."""
        version = self.version(name, number)
        signatures = get_model_metadata_pb2.SignatureDefMap(signature_def=version.signatures)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name, response.model_spec.version.value = name, version.number
        response.metadata["signature_def"].Pack(signatures)
        return response

    def close(self):
        """Frees all."""
        for versions in self._versions.values():
            for version in versions.values():
                version.close()


def _load(config, folder):
    # A server looks at folders whose names are numbers, and at no others.
    there = sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal())
    asked = config.model_version_policy.specific.versions
    return {number: Version(folder / str(number)) for number in (asked or there[-1:])}
