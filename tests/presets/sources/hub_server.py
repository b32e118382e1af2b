"""What the Hugging Face Hub answers, as far as presets need it: repositories of files with commits."""

import base64
import hashlib
import json


class HubServer:
    """Answers of a hub with one repository, on top of the local `server`.

    Args:
        server: the local server.
        answers: the functions that make its answers.
        repository: "OWNER/NAME".
    """

    def __init__(self, server, answers, repository):
        self._server, self._status, self._repository = server, answers.status, repository
        self.uploaded = {}

    def commit(self, revision, files):
        """Adds a commit with these files, `{name: bytes}`, that `revision` names; returns its hash."""
        commit = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        repository = {"id": self._repository, "sha": commit, "siblings": [{"rfilename": name} for name in files]}
        tree = [
            {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for name, data in files.items()
        ]
        api = f"/api/models/{self._repository}"
        answers = {f"{api}/revision/{revision}": repository, f"{api}/tree/{commit}": tree}
        self._server.answers |= {path: self._json(answer) for path, answer in answers.items()}
        for name, data in files.items():
            headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X_Repo_Commit": commit}
            for named in (commit, revision):
                answer = self._status(200, data, **headers)
                self._server.answers[f"/{self._repository}/resolve/{named}/{name}"] = answer
        return commit

    def accept_uploads(self):
        """Makes the repository one that takes commits; their files are in `uploaded`."""
        api = f"/api/models/{self._repository}"
        url = f"{self._server.url}/{self._repository}"
        self._server.answers |= {
            "/api/repos/create": self._reading(lambda body: {"url": url}),
            "/api/validate-yaml": self._reading(lambda body: {"errors": [], "warnings": []}),
            f"{api}/preupload/main": self._reading(_all_regular),
            f"{api}/commit/main": self._reading(self._take),
            f"{api}/revision/main": self._json({"id": self._repository, "sha": "0" * 40, "siblings": []}),
        }

    def _take(self, body):
        for line in body.splitlines():
            entry = json.loads(line)
            if entry["key"] == "file":
                self.uploaded[entry["value"]["path"]] = base64.b64decode(entry["value"]["content"])
        commit = self.commit("main", self.uploaded)
        return {"commitUrl": f"{self._server.url}/{self._repository}/commit/{commit}", "commitOid": commit}

    def _json(self, document):
        return self._status(200, json.dumps(document).encode(), Content_Type="application/json")

    def _reading(self, respond):
        def answer(handler):
            self._json(respond(handler.body))(handler)

        return answer


def _all_regular(body):
    files = json.loads(body)["files"]
    return {"files": [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in files]}
