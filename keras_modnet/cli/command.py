"""What a command is: its words for `--help`, its flags, and what runs."""

import dataclasses
import textwrap
from collections.abc import Callable

from absl import flags

HELP_WIDTH = 100


class WrongArgumentError(Exception):
    """A word of the command line that cannot be; the text names it, what was expected and what was received."""


@dataclasses.dataclass(frozen=True)
class Command:
    """One command of `keras-modnet`.

    Attributes:
        name: its word.
        words: the docstring of its module: what it does, and under "Example:" a call.
        positional: how its words without `--` are written, such as `"IMAGE ..."`; empty: it takes none.
        counts: fewest and most of such words; None: any number.
        flags: its `absl.flags.FlagValues`.
        run: function of the words and the parsed flags.
        passes_on: whether unknown flags are left among the words, for the program that it starts.
    """

    name: str
    words: str
    positional: str
    counts: tuple[int, int | None]
    flags: flags.FlagValues
    run: Callable
    passes_on: bool = False

    def parse(self, words):
        """Returns the words that are no flags of the command, once those are parsed and the number of words is right.

        Raises:
            WrongArgumentError: an unknown flag, a value that a flag cannot have, or too few or too many words.
        """
        # What an earlier call in this process was given is none of this one's.
        self.flags.unparse_flags()
        try:
            left = self.flags([self.name, *words], known_only=self.passes_on)[1:]
        except flags.Error as error:
            raise WrongArgumentError(str(error)) from error
        positional = [word for word in left if not (self.passes_on and word.startswith("-"))]
        fewest, most = self.counts
        if not self.flags.help and not fewest <= len(positional) <= (len(positional) if most is None else most):
            takes = self.positional or "no words without --"
            raise WrongArgumentError(f"{self.name} takes {takes}. Received: {' '.join(positional) or 'none'}")
        return left

    def help(self):
        """Returns what `--help` prints."""
        usage = f"keras-modnet {self.name} {self.positional}".rstrip()
        lines = [f"Usage: {usage} [flags]", "", self.words.strip(), "", "Flags:"]
        for name in sorted(self.flags):
            lines += _flag_lines(self.flags[name])
        return "\n".join(lines)


def flag_values():
    """Returns `FlagValues` of a command, with `--help` among them."""
    values = flags.FlagValues()
    flags.DEFINE_boolean("help", False, "Print this and end.", flag_values=values)
    return values


def _flag_lines(flag):
    said = flag.default is not None and flag.default is not False
    default = f" Default: {flag.default_as_str.strip(chr(39))}." if said else ""
    text = textwrap.wrap(flag.help.rstrip(".") + "." + default, HELP_WIDTH - 8)
    return [f"  --{flag.name}", *(f"        {line}" for line in text)]
