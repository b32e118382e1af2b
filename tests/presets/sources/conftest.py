"""A cache of one's own, a server on this machine, and a zoo whose entries have no weights."""

import http.server
import socket
import threading
from types import SimpleNamespace

import pytest
from hub_server import HubServer
from huggingface_hub import constants

from keras_modnet.presets import host_weights, registry, write_preset
from keras_modnet.presets.sources import transfer


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Path of the cache of this test, which tries again without waiting."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras_home"))
    monkeypatch.setattr(transfer, "WAITS_SECONDS", (0.0, 0.0))
    return tmp_path / "keras_home" / "keras_modnet"


class Server:
    """A server on this machine; what it answers is a function of the request's handler, which has the `body`, by path.

    `asked` lists the requests as `"GET /path"`; a path without an answer is 404.
    """

    def __init__(self):
        def answer(handler):
            path = handler.path.partition("?")[0]
            self.asked.append(f"{handler.command} {path}")
            handler.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
            self.answers.get(path, status(404))(handler)

        methods = {f"do_{method}": answer for method in ("GET", "HEAD", "POST")}
        quiet = {"log_message": lambda *arguments: None, "protocol_version": "HTTP/1.1"}
        self.answers, self.asked = {}, []
        handler = type("Handler", (http.server.BaseHTTPRequestHandler,), methods | quiet)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def status(code, data=b"", **headers):
    """Returns an answer of this status, with these bytes and headers."""

    def answer(handler):
        handler.send_response(code)
        for name, value in ({"Content_Length": len(data)} | headers).items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(data)

    return answer


def broken(data):
    """Returns an answer that promises all of the bytes, sends half of them and closes the connection."""

    def answer(handler):
        status(200, data[: len(data) // 2], Content_Length=len(data))(handler)
        handler.close_connection = True

    return answer


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def gone():
    """An address at which nobody listens; it is held, so that no test beside this one does."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def local_hub(server, answers, cache, tmp_path, monkeypatch):
    """Returns `local_hub(repository)`: a Hugging Face Hub on this machine, and a hub's cache of its own."""
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    for name, value in {
        "ENDPOINT": server.url,
        "HUGGINGFACE_CO_URL_TEMPLATE": template,
        "HF_HUB_CACHE": str(tmp_path / "hub_cache"),
        "HF_TOKEN_PATH": str(tmp_path / "token"),
        "HF_HUB_DISABLE_XET": True,
    }.items():
        monkeypatch.setattr(constants, name, value)
    return lambda repository: HubServer(server, answers, repository)


@pytest.fixture
def answers():
    """The functions that make answers."""
    return SimpleNamespace(status=status, broken=broken)


@pytest.fixture
def zoo(tmp_path, monkeypatch, config, tensors):
    """An empty zoo but for the preset `small`, which has its weights."""
    folder = tmp_path / "zoo"
    write_preset(folder / "small", config, tensors)
    monkeypatch.setattr(registry, "zoo_folder", lambda: folder)
    return folder


@pytest.fixture
def hosted(zoo, server, cache, config, tensors, tmp_path):
    """An entry of the zoo whose weights the server has: its folder, the file, path and request on the server."""
    folder = write_preset(zoo / "hosted", config, tensors, extra_files={"README.md": "# Hosted\n"})
    file = host_weights(folder, f"{server.url}/hosted.safetensors", tmp_path / "hosted.safetensors")
    server.answers["/hosted.safetensors"] = status(200, file.read_bytes())
    return SimpleNamespace(folder=folder, file=file, request="GET /hosted.safetensors", path="/hosted.safetensors")
