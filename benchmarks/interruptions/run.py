"""What one job of `benchmarks.interruptions` does: kills a training until it ends, or brings one fault about."""

import pathlib
import shutil
import signal
import tempfile
import time

import numpy as np

from benchmarks.interruptions import faults
from benchmarks.interruptions.attempts import Command
from benchmarks.interruptions.recipe_files import write_data, write_recipe


def run_job(job):
    """Runs one job in a folder of its own.

    Args:
        job: "recipe", "strategy", "epochs", "seed", and either "kills", how many there are to be at least, or "fault",
            name of a function of `faults`.

    Returns:
        Plain data: of kills how many came when, and whether the bits are equal; of a fault what it came to.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_data(folder)
        recipe = write_recipe(folder, job["recipe"], job["epochs"])
        command = Command(recipe, folder, folder / "run", job["strategy"])
        if "fault" in job:
            return getattr(faults, job["fault"])(command)
        return killed(command, job["kills"], np.random.default_rng(job["seed"]))


def killed(command, kills, generator):
    """Kills a training at random moments and starts it again, until so many kills have come and it has ended.

    Args:
        command: `Command`.
        kills: how many kills there are to be at least; a training that ends before is begun anew.
        generator: NumPy generator of the moments.
    """
    started = time.perf_counter()
    code, output, error = command.run()
    whole, seconds = command.result() if code == 0 else None, time.perf_counter() - started
    if whole is None:
        raise RuntimeError(f"the training that nothing happens to ended with status {code}: {output}{error}")
    places, equal, trainings = [], [], 0
    while len(places) < kills:
        shutil.rmtree(command.output)
        trainings += 1
        ended = False
        while not ended:
            if len(places) < kills:
                _, _, place = command.signalled(signal.SIGKILL, generator.uniform(0.2, 1.1) * seconds)
                ended = place == "ended"
                places += [] if ended else [place]
            else:
                command.run()
                ended = True
        weights, curves = command.result()
        equal.append(weights == whole[0] and curves == whole[1])
    counts = {f"killed_in_{name}": places.count(name) for name in ("start", "steps", "result")}
    return {"kills": len(places), "trainings": trainings, "equal": sum(equal), "seconds": seconds, **counts}
