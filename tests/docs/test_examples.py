"""The examples of README.md and of guides run as they stand, and print no warning."""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import keras
import numpy as np
import pytest
from model_server import ModelServer
from model_server.curl import commands_of, send

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
# First lines of examples that download something.
NEEDS_NETWORK = ('model = keras_modnet.from_preset("imagenet_reuse")\n',)

# What stands in front of every page: a warning is an error, but for those of Keras that no user sees.
QUIET = """
import warnings

warnings.simplefilter("error")
for filter in {filters!r}:
    _, message, category, module, *_ = (filter + "::").split(":")
    warnings.filterwarnings("ignore", message, getattr(__import__("builtins"), category), module)
"""

# As many images as fill whole batches, and as many a class as a search wants; a network that compiles fast.
SMALL = """
import functools
import keras
import keras_modnet
import numpy as np

generator = np.random.default_rng(0)

def made_up(count, shape, num_classes):
    return generator.integers(0, 256, (count, *shape)).astype("uint8"), np.arange(count) % num_classes

def always(function, **fixed):
    return lambda *args, **options: function(*args, **(options | fixed))

def make_photographs(folder, classes):
    from pathlib import Path
    from PIL import Image
    for name in classes:
        place = Path(folder, name)
        place.mkdir(parents=True)
        for index, photograph in enumerate(made_up(10, (40, 30, 3), 2)[0]):
            Image.fromarray(photograph).save(place / f"{index}.jpg")
"""

README = """
import sklearn.datasets

def few(load=sklearn.datasets.load_digits):
    digits = load()
    return type(digits)(images=digits.images[:256], target=digits.target[:256])

sklearn.datasets.load_digits = few

def without_network(name, load=keras_modnet.from_preset):
    # A bank of tokens in place of the one that is downloaded.
    own = {"num_blocks": 2, "num_steps": 2, "width": 8, "patch_size": 7, "block": "transformer", "norm": "layer"}
    return load(name) if name != "dinov2_reuse" else keras_modnet.ModNet((28, 28, 3), {"features": None}, **own)

keras_modnet.from_preset = without_network
make_photographs("photos", ("robin", "wren"))
make_photographs("new_photos", ("",))
keras_modnet.export_saved_model = functools.partial(keras_modnet.export_saved_model, tasks=["mine"])
"""

# Behind the README: the file that its request sends, and what the task answers to it.
ASKED = """
from PIL import Image
Image.fromarray(images[0, ..., 0].round().astype("uint8")).save("digit.png")
picture = keras_modnet.read_images(["digit.png"], model.image_shape, model.resizing)
np.save("logits.npy", mine.predict(picture))
"""

TASKS = """
keras_modnet.ModNet = always(keras_modnet.ModNet, width=8, num_steps=3, patch_size=7)
images, labels = made_up(64, (28, 28, 1), 10)
letter_images, letter_labels = made_up(64, (28, 28, 1), 26)
train_images, (held_out_images, held_out_labels) = letter_images, made_up(32, (28, 28, 1), 26)
photographs, _ = made_up(3, (40, 30, 3), 2)
from PIL import Image
Image.fromarray(photographs[0]).save("a.jpg")
Image.fromarray(photographs[1]).save("b.png")
"""

ADAPTING = """
def small_preset(name):
    # Digits of a preset of the package are in README.md.
    own = {"num_blocks": 2, "num_steps": 2, "width": 8, "patch_size": 7}
    return keras_modnet.ModNet((28, 28, 1), {"mnist": 10, "letters": 26}, **own)

small_preset(None).save_to_preset("small_preset")
keras_modnet.from_preset = small_preset
keras_modnet.adapt_task = always(keras_modnet.adapt_task, epochs=2)
keras_modnet.rank_presets = functools.partial(keras_modnet.rank_presets, presets=["small_preset"], max_images=100)
make_photographs("photos", ("robin", "wren"))
make_photographs("test_photos", ("robin", "wren"))
make_photographs("new_photos", ("",))
# Of another size than the model's.
train_images, train_labels = made_up(320, (20, 20, 3), 10)
validation_images, validation_labels = made_up(64, (20, 20, 3), 10)
"""

START = """
from PIL import Image
import pathlib

def photograph(path, shape):
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(generator.integers(0, 256, shape).astype("uint8")).save(path)

for bird in ("blackbird", "robin", "tit"):
    for number in range(10):
        photograph(f"photos/{bird}/{number}.jpg", (40, 30 + number, 3))
photograph("new/a.jpg", (20, 30, 3))
photograph("new/b.jpg", (30, 20, 3))

def small_preset(name):
    return keras_modnet.ModNet((28, 28, 3), {"features": None}, num_blocks=2, num_steps=2, width=8, patch_size=7)

keras_modnet.from_preset = small_preset
keras_modnet.adapt_task = always(keras_modnet.adapt_task, epochs=2)
# The README exports the signatures for files.
keras_modnet.export_saved_model = functools.partial(keras_modnet.export_saved_model, image_bytes=False, warmup=())
"""

ORDERINGS = """
keras_modnet.ModNet = always(keras_modnet.ModNet, width=8, num_steps=2, patch_size=8)
images, labels = made_up(64, (32, 32, 3), 10)
batches = [images]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
"""

DISTRIBUTION = """
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
tf.distribute.MirroredStrategy = functools.partial(tf.distribute.MirroredStrategy, ["CPU:0", "CPU:1"])
# A last batch of three: one device has two of them.
images, labels = made_up(67, (32, 32, 3), 10)
"""

BEHIND = {"README.md": ASKED}
PAGES = {
    "README.md": README,
    "docs/start.md": START,
    "docs/tasks.md": TASKS,
    "docs/adapting.md": ADAPTING,
    "docs/orderings.md": ORDERINGS,
    "docs/distribution.md": DISTRIBUTION,
}


def examples(page):
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def offline(blocks):
    return [block for block in blocks if not block.startswith(NEEDS_NETWORK)]


def program(page):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    _, *filters = settings["tool"]["pytest"]["ini_options"]["filterwarnings"]
    return "\n".join(
        [QUIET.format(filters=filters), SMALL, PAGES[page], *offline(examples(page)), BEHIND.get(page, "")]
    )


def test_examples_that_need_a_network_are_where_the_list_says():
    found = [block for page in PAGES for block in examples(page) if block.startswith(NEEDS_NETWORK)]
    assert len(found) == len(NEEDS_NETWORK)


# The guides run on TensorFlow, whose log has the warnings that Python's does not show.
ON_THIS_BACKEND = PAGES if keras.backend.backend() == "tensorflow" else ("README.md",)


@pytest.mark.parametrize("page", ON_THIS_BACKEND)
def test_the_examples_of_a_page_run_and_print_no_warning(page, tmp_path):
    script = tmp_path / "examples.py"
    script.write_text(program(page), encoding="utf-8")
    # TensorFlow writes warnings to the log that pytest's own process does not show.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "0", "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", script.name]
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    for words in ("Warning", "Type inference failed"):
        assert words not in finished.stderr
    if page == "README.md":
        expect_answered(page, tmp_path)


def expect_answered(page, folder):
    """The road goes on: the request of the page has the task's answer from a server of what the examples exported."""
    [command] = commands_of((ROOT / page).read_text(encoding="utf-8"))
    models = folder / "saved_models" / "digits"
    with ModelServer(models / "models.config", {"/models/digits": models}) as server:
        status, answer = send(command, server.rest, folder)
    assert status == 200, answer
    [row] = answer["predictions"]
    assert row["valid"]
    np.testing.assert_allclose([row["logits"]], np.load(folder / "logits.npy"), atol=1e-3)
