"""How a program of the training ends: exit codes 0, 1 and 2, and one line where something went wrong."""

import sys

from absl import app, flags

FAILED, WRONG_ARGUMENT = 1, 2


def run_command(main, failures):
    """Runs a program with absl flags; does not return.

    Exit code 0: done. 1: failed, with one line on standard error for what can be expected to fail. 2: a wrong argument,
    likewise. What nobody expected keeps its traceback.

    Args:
        main: function of the arguments that are left over.
        failures: function that returns the classes of errors that one line says all of. It is called when an error has
            come, so that a wrong argument is answered before the library is imported.
    """

    def guarded(argv):
        try:
            return main(argv)
        except app.UsageError as error:
            _say(error, WRONG_ARGUMENT)
        except KeyboardInterrupt:
            _say("stopped", FAILED)
        except Exception as error:
            if not isinstance(error, failures()):
                raise
            _say(error, FAILED)

    app.run(guarded, flags_parser=_parsed)


def _parsed(argv):
    try:
        return flags.FLAGS(argv)
    except flags.Error as error:
        _say(error, WRONG_ARGUMENT)


def _say(error, code):
    line = " ".join(str(error).split())
    print(f"{sys.argv[0].rpartition('/')[2]}: {line}", file=sys.stderr, flush=True)
    sys.exit(code)
