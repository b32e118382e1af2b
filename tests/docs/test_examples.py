"""The examples of README.md and of guides run as they stand, and print no warning."""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import keras
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
# First lines of examples that download something.
NEEDS_NETWORK = tuple(f'model = keras_modnet.from_preset("{name}")\n' for name in ("imagenet_reuse", "dinov2_reuse"))

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
"""

README = """
import sklearn.datasets

def few(load=sklearn.datasets.load_digits):
    digits = load()
    return type(digits)(images=digits.images[:256], target=digits.target[:256])

sklearn.datasets.load_digits = few
keras_modnet.export_saved_model = functools.partial(
    keras_modnet.export_saved_model, tasks=["mine"], image_bytes=False
)
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
# Of another size than the model's.
train_images, train_labels = made_up(320, (20, 20, 3), 10)
validation_images, validation_labels = made_up(64, (20, 20, 3), 10)
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

PAGES = {
    "README.md": README,
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
    return "\n".join([QUIET.format(filters=filters), SMALL, PAGES[page], *offline(examples(page))])


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
