"""The REST API: model status, metadata, predict."""

import http.server
import json
import re

from google.protobuf import json_format

from model_server.rest_messages import answer_of, inputs_of
from model_server.versions import NotFoundError, WrongRequestError

PATH = re.compile(
    r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?(?P<rest>:predict|/metadata)?"
)
JSON_OPTIONS = {"preserving_proto_field_name": True, "always_print_fields_with_no_presence": True}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the requests of one connection by the `Models` of its server, `server.models`."""

    def do_GET(self):
        """Answers model status and metadata."""
        self._answer(self._read)

    def do_POST(self):
        """Answers predict."""
        self._answer(self._predict)

    def log_message(self, *arguments):
        """Says nothing."""

    def _read(self, found):
        name, number = found["name"], self._number(found)
        if found["rest"] == ":predict":
            raise WrongRequestError("predict takes POST")
        models = self.server.models
        message = models.metadata(name, number) if found["rest"] else models.status(name, number)
        return json_format.MessageToDict(message, **JSON_OPTIONS)

    def _predict(self, found):
        if found["rest"] != ":predict":
            raise WrongRequestError("POST is for predict")
        # Whatever the type of the content is said to be: curl calls it a form.
        try:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        except ValueError as error:
            raise WrongRequestError(f"JSON Parse error: {error}") from error
        version = self.server.models.version(found["name"], self._number(found))
        signature = body.get("signature_name", "") if isinstance(body, dict) else ""
        inputs, in_rows = inputs_of(body, version.signature(signature))
        return answer_of(version.run(signature, inputs), in_rows)

    def _number(self, found):
        if found["label"] is not None:
            return self.server.models.labelled(found["name"], found["label"])
        return None if found["version"] is None else int(found["version"])

    def _answer(self, method):
        found = PATH.fullmatch(self.path)
        try:
            if found is None:
                raise NotFoundError(f"Malformed request: {self.command} {self.path}")
            status, answer = 200, method(found)
        except WrongRequestError as error:
            status, answer = 400, {"error": str(error)}
        except NotFoundError as error:
            status, answer = 404, {"error": str(error)}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
