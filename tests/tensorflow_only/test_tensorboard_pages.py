"""TensorBoard itself shows what `OrderingTensorBoard` wrote. Here, since TensorBoard loads TensorFlow to read."""

import json
import time
import urllib.request

import pytest
from tensorboard import program

from keras_modnet import callbacks

PATIENCE_SECONDS = 60
# Of what TensorBoard brings with it.
pytestmark = pytest.mark.filterwarnings("ignore:html5lib.s sanitizer is deprecated:DeprecationWarning")


@pytest.fixture
def ask(tmp_path, make_model, images, labels):
    """Returns a function that gets a page of a TensorBoard that shows a training."""
    model = make_model(tasks={"digits": 3})
    log = callbacks.OrderingTensorBoard(tmp_path / "first", hyper_parameters={"note": "seen"})
    model.fit(images, labels, epochs=2, verbose=0, validation_data=(images, labels), callbacks=[log])
    board = program.TensorBoard()
    options = ("--logdir", str(tmp_path), "--host", "localhost", "--port", "0", "--load_fast", "false")
    board.configure(argv=("tensorboard", *options, "--reload_interval", "1"))
    address = board.launch()

    def get(page, content=None):
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(address + page, body, {"Content-Type": "application/json"})
        # No proxy: the server is here.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.read()

    return get


def wait_for(read):
    """Returns what `read` gives, once it is something."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := read()):
        assert time.monotonic() < end, "TensorBoard shows nothing"
        time.sleep(0.1)
    return found


def test_tensorboard_shows_runs_curves_pictures_and_hyper_parameters(ask):
    page = "data/plugin/images/images?run=first/train&tag=orderings&sample=0"
    tags = wait_for(lambda: json.loads(ask("data/plugin/images/tags")).get("first/train"))
    assert list(tags) == ["orderings"]
    pictures = json.loads(ask(page))
    assert [picture["step"] for picture in pictures] == [0, 1]
    assert ask("data/plugin/images/individualImage?" + pictures[0]["query"]).startswith(b"\x89PNG")
    assert set(json.loads(ask("data/runs"))) >= {"first", "first/train", "first/validation"}
    curves = json.loads(ask("data/plugin/scalars/tags"))
    assert {"digits/loss", "digits/temperature", "digits/entropy_of_step/2"} <= set(curves["first/train"])
    assert "digits/loss" in curves["first/validation"]
    experiment = json.loads(ask("data/plugin/hparams/experiment", {"experimentName": ""}))
    assert {"note", "optimizer", "bank/num_blocks"} <= {info["name"] for info in experiment["hparamInfos"]}
