"""Finds the lines with curl in a document, and sends what they would send."""

import base64
import http.client
import json
import pathlib
import re
import shlex

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Where a text in single quotes holds this, a shell stops quoting, puts the file in, and goes on quoting.
FILE = re.compile(r"'\$\(base64 -w0 ([^)]+)\)'")


def commands_of(document):
    """Returns the commands of a Markdown document that begin with curl."""
    commands, open_one = [], ""
    blocks = [text for language, text in BLOCK.findall(document) if not language]
    for line in "".join(blocks).replace("\\\n", "").splitlines():
        if open_one or line.startswith("curl "):
            open_one += line + "\n"
            # A quoted text may have several lines.
            if open_one.count("'") % 2 == 0:
                commands.append(open_one)
                open_one = ""
    return commands


def send(command, address, folder="."):
    """Returns `(status, decoded JSON)`.

    Args:
        command: `curl localhost:8501/... [-d 'JSON']`, where the JSON may hold `'$(base64 -w0 FILE)'`.
        address: `"host:port"` that takes the place of localhost:8501.
        folder: where the files are.
    """
    encoded = FILE.sub(lambda found: base64.b64encode((pathlib.Path(folder) / found[1]).read_bytes()).decode(), command)
    program, url, *options = shlex.split(encoded)
    assert program == "curl"
    assert url.startswith("localhost:8501/")
    assert options[::2] in ([], ["-d"])
    path = url.removeprefix("localhost:8501")
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        # The header that curl sends by itself with -d.
        headers = {"Accept": "*/*"} | ({"Content-Type": "application/x-www-form-urlencoded"} if options else {})
        connection.request("POST" if options else "GET", path, *options[1:], headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read(), parse_constant=_no_constant)
    finally:
        connection.close()


def _no_constant(name):
    # NaN and infinity, which only some readers of JSON take.
    raise AssertionError(f"{name} is no JSON")
