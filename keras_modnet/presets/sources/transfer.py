"""One file over HTTP: streamed, counted, hashed, tried again where that may help."""

import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.sources.progress import byte_progress
from keras_modnet.version import __version__

TIMEOUT_SECONDS = 30.0
"""How long a server may be silent, while the connection is made and between any two pieces of the file."""

WAITS_SECONDS = (1.0, 4.0)
"""Pauses before the second and the third try; there is no fourth."""

MAX_BYTES = 4 * 2**30
"""Limit for a file whose size nobody has stated, so that no server can fill the disk."""

PIECE_BYTES = 2**18
LATER_STATUS = (408, 425, 429, 500, 502, 503, 504)
"""HTTP statuses after which another try may do better."""


class TransferError(Exception):
    """A file did not arrive; the text says why, in a phrase."""


class _BrokenTransferError(TransferError):
    """The same, where another try may do better."""


@dataclass(frozen=True)
class Received:
    """What arrived.

    Args:
        size: number of bytes.
        sha256: their hash, 64 lower-case hexadecimal digits.
    """

    size: int
    sha256: str


def receive(url, path, size=None):
    """Downloads `url` into the new file `path`.

    Args:
        url: address, `https://` or `http://`; a redirection may not leave `https://`.
        path: path of a file that is this call's own; tries after the first overwrite it.
        size: number of bytes that the file must have, or `None` if nobody has stated it.

    Returns:
        `Received`.

    Raises:
        TransferError: if the server cannot be reached, refuses, falls silent or stops before the end.
        PresetError: if the file is of another size than `size`.
    """
    for wait in WAITS_SECONDS:
        try:
            return _receive_once(url, path, size)
        except _BrokenTransferError:
            time.sleep(wait)
    return _receive_once(url, path, size)


def _receive_once(url, path, size):
    request = urllib.request.Request(url, headers={"User-Agent": f"keras_modnet/{__version__}"})
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as response:
            return _save(response, url, path, size)
    except urllib.error.HTTPError as error:
        error.close()
        kind = _BrokenTransferError if error.code in LATER_STATUS else TransferError
        raise kind(f"the server's answer {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _BrokenTransferError(f"no connection ({error.reason})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise _BrokenTransferError(f"a broken transfer ({error or type(error).__name__})") from error


def _save(response, url, path, size):
    stated = response.length
    if stated is None and size is None and not response.chunked:
        # A transfer that breaks off would look whole.
        raise TransferError("a server that does not say how long the file is")
    _check_size(url, size, stated)
    limit = MAX_BYTES if size is None else size
    advance = byte_progress(f"Downloading {url}", size if stated is None else stated)
    digest, count = hashlib.sha256(), 0
    with open(path, "wb") as file:
        while piece := response.read(PIECE_BYTES):
            count += len(piece)
            if count > limit:
                raise PresetError(url, f"at most {limit} bytes", "more, oversized")
            file.write(piece)
            digest.update(piece)
            advance(len(piece))
    if stated is not None and count < stated:
        raise _BrokenTransferError(f"a transfer broken off after {count} of {stated} bytes")
    _check_size(url, size, count)
    return Received(count, digest.hexdigest())


def _check_size(url, size, found):
    if None not in (size, found) and size != found:
        raise PresetError(url, f"{size} bytes", f"{found} bytes, {'truncated' if found < size else 'oversized'}")


class _KeepsEncryption(urllib.request.HTTPRedirectHandler):
    """Follows redirections, but none from `https://` to anything else."""

    def redirect_request(self, request, *arguments):
        """Returns the request to the new address."""
        redirected = super().redirect_request(request, *arguments)
        if redirected is not None and request.type == "https" and redirected.type != "https":
            raise TransferError(f"a redirection to {redirected.full_url}, which is not encrypted")
        return redirected


_OPENER = urllib.request.build_opener(_KeepsEncryption)
