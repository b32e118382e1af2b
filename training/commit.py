"""Which commit of the repository runs."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
CODE = ("keras_modnet", "training")


def checkout_commit(root=ROOT):
    """Returns the commit of the checkout that this code lies in.

    Args:
        root: top folder of the checkout.

    Returns:
        40 hexadecimal digits, with "-dirty" behind them where a file under `keras_modnet` or `training` differs from
        the commit or is not in it; None where `root` is not the top of a checkout, or git is not installed.
    """
    git = shutil.which("git")
    if git is None:
        return None
    top = _output(git, root, "rev-parse", "--show-toplevel")
    # A folder that lies in somebody else's checkout is not part of it.
    if top is None or pathlib.Path(top).resolve() != pathlib.Path(root).resolve():
        return None
    commit = _output(git, root, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return None
    return commit + ("-dirty" if _output(git, root, "status", "--porcelain", "--", *CODE) else "")


def _output(git, root, *arguments):
    finished = subprocess.run([git, "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    return finished.stdout.strip() if finished.returncode == 0 else None
