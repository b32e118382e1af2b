"""The newest checkpoints of a training, in files that are written whole, and read past damage."""

import json
import pathlib

import numpy as np

from training.output import write_file
from training.state import TrainingState

HEADER, ENDING = "header", ".npz"
# So many stay: where the newest is damaged, the one before it serves.
KEPT = 2


class CheckpointFiles:
    """Checkpoints of one training: `FOLDER/STAGE_EPOCH_STEP.npz`.

    NumPy's archives, since each of their members has a checksum, and since they need no library of one backend: a
    training on JAX needs no TensorFlow, and the other way.

    Args:
        folder: the folder, made where there is something to write; it belongs to the training alone.
        setting: what is trained, in values that JSON holds; checkpoints of another setting are refused.
    """

    def __init__(self, folder, setting):
        self.folder = pathlib.Path(folder)
        # As it comes back from a file, so that a stored setting compares equal.
        self.setting = json.loads(json.dumps(setting))

    def read(self):
        """Returns the newest `TrainingState` that is whole; None where there is none.

        Of each file that is not, a line says which it is and what was found.

        Raises:
            ValueError: a file is of another setting.
        """
        for path in reversed(self.paths()):
            try:
                header, arrays = _read(path)
            except Exception as error:
                # Whatever a damaged archive makes NumPy, zipfile or json raise.
                print(f"{path}: expected a whole checkpoint, found {_found(error)}; going on from the one before it")
                continue
            if header.pop("setting") != self.setting:
                raise ValueError(f"`output_dir` must be empty or of the same setting. Received: {path} of another one.")
            return TrainingState(arrays=arrays, **header)
        return None

    def write(self, state):
        """Writes a `TrainingState`, whole or not at all; of the older ones the last stays, and the first of the stage.

        Raises:
            OSError: the file could not be written; what was there stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{state.stage}_{state.epoch:06d}_{state.step:09d}{ENDING}"
        header = json.dumps(state.header() | {"setting": self.setting}, allow_nan=False)
        write_file(path, lambda file: np.savez(file, **{HEADER: np.array(header)}, **state.arrays))
        paths = self.paths()
        first = next(own for own in paths if own.name.startswith(f"{state.stage}_"))
        for older in paths[:-KEPT]:
            if older != first:
                older.unlink()

    def drop_newest(self):
        """Removes the newest checkpoint if there is one of the same stage before it."""
        *before, newest = self.paths()
        if before and before[-1].name.split("_")[0] == newest.name.split("_")[0]:
            newest.unlink()

    def paths(self):
        """Returns the paths of the checkpoints, the newest last."""
        return sorted(self.folder.glob(f"*{ENDING}"))

    def remove(self):
        """Removes all checkpoints, and the folder if nothing else is in it."""
        for path in self.paths():
            path.unlink()
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def _read(path):
    # Opened here, since `np.load` leaves a damaged file open.
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return json.loads(str(arrays.pop(HEADER))), arrays


def _found(error):
    return f"{type(error).__name__}: {error}".splitlines()[0]
