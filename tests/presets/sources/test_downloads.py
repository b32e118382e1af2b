"""A download is whole and the right one, or it is not there."""

import hashlib
import threading
import time
import urllib.request

import pytest

from keras_modnet.presets import PresetError
from keras_modnet.presets.sources import transfer
from keras_modnet.presets.sources.downloads import download, record_of
from keras_modnet.presets.sources.transfer import Received, TransferError

DATA = bytes(range(256)) * 40
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def place(cache):
    return cache / "downloads" / "data.bin"


@pytest.fixture
def fetch(server, answers, place):
    """Returns `fetch(size=..., sha256=...)`, which downloads the data into its place."""
    server.answers["/data"] = answers.status(200, DATA)
    return lambda **expected: download(f"{server.url}/data", place, **expected)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_arrives_is_kept_and_asked_for_once(fetch, place, server):
    for _ in range(2):
        fetch(size=len(DATA), sha256=SHA256)
        assert place.read_bytes() == DATA
    assert server.asked == ["GET /data"]
    assert names(place.parent) == ["data.bin"]


def test_progress_counts_the_bytes(fetch, capsys):
    fetch()
    printed = capsys.readouterr().out
    assert printed.startswith("Downloading http://127.0.0.1")
    assert f"{len(DATA)}/{len(DATA)}" in printed


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"sha256": "0" * 64}, f"expected SHA-256 {'0' * 64}; found SHA-256 {SHA256}, downloaded"),
        ({"size": 10}, r"expected 10 bytes; found 10240 bytes, oversized"),
        ({"size": 20_000}, r"expected 20000 bytes; found 10240 bytes, truncated"),
    ],
)
def test_another_file_is_refused_and_not_kept(fetch, place, server, expected, message):
    with pytest.raises(PresetError, match=message):
        fetch(**expected)
    assert names(place.parent) == []
    assert server.asked == ["GET /data"]


def test_a_broken_transfer_is_tried_again(fetch, place, server, answers):
    def first_broken(handler):
        server.answers["/data"] = answers.status(200, DATA)
        answers.broken(DATA)(handler)

    server.answers["/data"] = first_broken
    fetch(sha256=SHA256)
    assert place.read_bytes() == DATA
    assert server.asked == ["GET /data"] * 2


def test_a_transfer_that_stays_broken_leaves_nothing(fetch, place, server, answers):
    server.answers["/data"] = answers.broken(DATA)
    with pytest.raises(TransferError, match="broken off after 5120 of 10240 bytes"):
        fetch()
    assert names(place.parent) == []
    assert server.asked == ["GET /data"] * 3


@pytest.mark.parametrize(("code", "tries"), [(404, 1), (403, 1), (503, 3)])
def test_a_refusal_is_tried_again_only_where_that_may_help(fetch, place, server, answers, code, tries):
    server.answers["/data"] = answers.status(code)
    with pytest.raises(TransferError, match=f"the server's answer {code}"):
        fetch()
    assert names(place.parent) == []
    assert server.asked == ["GET /data"] * tries


def test_no_server_is_said(gone, place):
    with pytest.raises(TransferError, match=r"no connection \(.*refused"):
        download(f"{gone}/data", place)


def test_a_silent_server_is_given_up(fetch, place, server, monkeypatch):
    monkeypatch.setattr(transfer, "TIMEOUT_SECONDS", 0.1)
    done = threading.Event()
    server.answers["/data"] = lambda handler: done.wait(10)
    start = time.monotonic()
    with pytest.raises(TransferError, match="timed out"):
        fetch()
    done.set()
    assert time.monotonic() - start < 5
    assert names(place.parent) == []


def test_nothing_is_in_its_place_before_the_end(fetch, place, server):
    seen = []

    def slow(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.wfile.write(DATA[:5000])
        seen.append(place.exists())
        handler.wfile.write(DATA[5000:])

    server.answers["/data"] = slow
    fetch()
    assert seen == [False]
    assert place.exists()


def test_a_file_without_a_stated_length_is_taken_only_if_its_size_is_known(fetch, place, server):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(DATA)
        handler.close_connection = True

    server.answers["/data"] = endless
    with pytest.raises(TransferError, match="does not say how long the file is"):
        fetch()
    with pytest.raises(PresetError, match="at most 5 bytes; found more, oversized"):
        fetch(size=5)
    with pytest.raises(PresetError, match="20000 bytes; found 10240 bytes, truncated"):
        fetch(size=20_000)
    fetch(size=len(DATA))
    assert place.read_bytes() == DATA


def test_a_file_of_unstated_size_has_a_limit(fetch, monkeypatch):
    monkeypatch.setattr(transfer, "MAX_BYTES", 100)
    with pytest.raises(PresetError, match="at most 100 bytes; found more, oversized"):
        fetch()


def test_a_redirection_may_not_leave_encryption():
    follow = transfer._KeepsEncryption().redirect_request
    request = urllib.request.Request("https://one.example/data")
    with pytest.raises(TransferError, match=r"to http://two\.example/data, which is not encrypted"):
        follow(request, None, 302, "Found", {}, "http://two.example/data")
    assert follow(request, None, 302, "Found", {}, "https://two.example/data").full_url == "https://two.example/data"


@pytest.mark.parametrize("expected", [{"sha256": SHA256}, {"size": len(DATA)}, {}])
def test_a_file_put_there_by_hand_is_used(fetch, place, server, expected):
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    fetch(**expected)
    assert server.asked == []


@pytest.mark.parametrize("expected", [{"sha256": SHA256}, {"size": len(DATA)}])
def test_a_file_put_there_by_hand_is_checked_and_left_alone(fetch, place, server, expected):
    place.parent.mkdir(parents=True)
    place.write_bytes(b"another")
    with pytest.raises(PresetError, match=r"data\.bin: expected .*; remove the file to have it downloaded"):
        fetch(**expected)
    assert place.read_bytes() == b"another"
    assert server.asked == []


def test_an_unstated_hash_is_recorded_and_holds_from_then_on(fetch, place, server, answers):
    fetch()
    assert record_of(place).read_text() == f"{SHA256}  data.bin\n"
    fetch()
    place.write_bytes(DATA[:-1])
    with pytest.raises(PresetError, match=f"expected SHA-256 {SHA256}"):
        fetch()
    place.unlink()
    server.answers["/data"] = answers.status(200, b"changed")
    with pytest.raises(PresetError, match=f"expected SHA-256 {SHA256}"):
        fetch()
    assert names(place.parent) == ["data.bin.sha256"]


def test_a_damaged_record_is_refused(fetch, place):
    fetch()
    record_of(place).write_text("")
    with pytest.raises(PresetError, match=r"data\.bin\.sha256: expected a SHA-256 .*; found ''; remove the file"):
        fetch()


def test_without_hard_links_a_hash_is_recorded_too(fetch, place, monkeypatch):
    def no_links(*arguments):
        raise OSError("not supported")

    monkeypatch.setattr("os.link", no_links)
    fetch()
    assert record_of(place).read_text().startswith(SHA256)


def test_only_what_is_accepted_is_kept_and_recorded(server, answers, place):
    server.answers["/data"] = answers.status(200, DATA)

    def refuse(path, received):
        assert path.read_bytes() == DATA
        assert path.suffix == ".bin"
        assert received == Received(len(DATA), SHA256)
        raise ValueError("no checkpoint")

    with pytest.raises(ValueError, match="no checkpoint"):
        download(f"{server.url}/data", place, accept=refuse)
    assert names(place.parent) == []
    assert download(f"{server.url}/data", place, accept=lambda path, received: received.size) == len(DATA)


def test_a_folder_that_cannot_be_written_is_named(fetch, place):
    place.parent.parent.mkdir(parents=True)
    place.parent.write_text("a file where the folder should be")
    with pytest.raises(PresetError, match=r"data\.bin: expected a file that can be written and read"):
        fetch()


def test_several_at_once_all_get_the_same(fetch, place, server, answers):
    # Both requests are answered only when both are there.
    together = threading.Barrier(2, timeout=10)

    def answer(handler):
        together.wait()
        answers.status(200, DATA)(handler)

    server.answers["/data"] = answer
    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.asked == ["GET /data"] * 2
    assert place.read_bytes() == DATA
    assert names(place.parent) == ["data.bin", "data.bin.sha256"]
