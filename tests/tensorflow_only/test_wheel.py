"""The wheel holds every module and every preset of the source tree, and works without that tree."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "keras_modnet", "zoo")
USE = """
import numpy as np
import keras_modnet
model = keras_modnet.from_preset("digits_reuse")
images = np.zeros((10, 28, 28, 1), "uint8")
images[1::2, 10:20] = 255
model.add_task("stripes", num_classes=2)
keras_modnet.adapt_task(model, "stripes", (images, np.arange(10) % 2), parts=("head",), epochs=1)
print(keras_modnet.__file__)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Returns a folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    copy.mkdir()
    # Built from a copy, so that the source tree stays as it is.
    for name in SOURCES:
        source, target = ROOT / name, copy / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        folder,
        copy,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def files_below(folder, suffixes):
    files = (path for path in folder.rglob("*") if path.suffix in suffixes and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in files}


def test_every_module_is_in_the_wheel(unpacked):
    kinds = (".py", ".tsv", ".json")
    modules = {name for name in files_below(unpacked / "keras_modnet", kinds) if not name.startswith("zoo/")}
    assert modules == files_below(ROOT / "keras_modnet", kinds)


def test_every_preset_is_in_the_wheel(unpacked):
    kinds = (".py", ".json", ".md", ".png", ".safetensors")
    assert files_below(unpacked / "keras_modnet" / "zoo", kinds) == files_below(ROOT / "zoo", kinds)


def test_a_preset_of_the_wheel_loads_and_learns_without_the_source_tree(unpacked, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    finished = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == str(unpacked / "keras_modnet" / "__init__.py")
