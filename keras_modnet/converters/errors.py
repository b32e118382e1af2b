"""The one error of every checkpoint that cannot be trusted, read or converted."""

from keras_modnet.checks import printable


class CheckpointError(ValueError):
    """A checkpoint is not what it has to be.

    Args:
        file: path of the file; kept as a string.
        expected: what was expected, a phrase.
        found: what was found instead, a phrase.
    """

    def __init__(self, file, expected, found):
        """Keeps the three parts as attributes of the same names."""
        expected, found = printable(expected), printable(found)
        # All three go to the base class, so that the error survives pickling between processes.
        super().__init__(str(file), expected, found)
        self.file = str(file)
        self.expected = expected
        self.found = found

    def __str__(self):
        """One line: the file, what was expected, what was found."""
        return f"{printable(self.file)}: expected {self.expected}; found {self.found}."
