"""SIGTERM and Ctrl-C as a question that the loop answers between two steps."""

import contextlib
import signal
import threading

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StoppedError(Exception):
    """A signal asked the training to stop; the text says where it has stopped."""


class Interrupts:
    """Whether a signal has asked to stop.

    Attributes:
        asked: name of the signal, or None.
    """

    def __init__(self):
        self.asked = None

    @contextlib.contextmanager
    def watched(self):
        """Notes signals within a `with` block; a second one of a kind does what it did before the block.

        In another thread than the main one signals cannot be watched, and nothing happens.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.getsignal(number) for number in SIGNALS}

        def note(number, frame):
            self.asked = signal.Signals(number).name
            signal.signal(number, former[number])

        for number in SIGNALS:
            signal.signal(number, note)
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
