"""What a server is told, beside the versions: files that a person goes on editing."""

import os
import re

from keras_modnet.presets.leftovers import fresh_file, put_first

MODELS = """\
# Models of a server: tensorflow_model_server --model_config_file=/models/{name}/models.config
# Written once by keras_modnet, and never over what is there: change it as you need.
model_config_list {{
  config {{
    name: "{name}"
    # Where the server sees the folder of the versions; docker run -v FOLDER:/models/{name} puts it there.
    base_path: "/models/{name}"
    model_platform: "tensorflow"
    # The largest version is served, and a new one taken up as it appears. Instead, to hold versions side by side:
    # model_version_policy {{ specific {{ versions: {version} }} }}
    # A label is a name for a version that clients ask for in place of its number. Move it and reload this file, and
    # they go over, or back, together. It may name a version only once that is loaded, unless the server runs with
    # --allow_version_labels_for_unavailable_models.
    # version_labels {{ key: "stable" value: {version} }}
  }}
}}
"""

BATCHING = """\
# Batching of a server: --enable_batching --batching_parameters_file=/models/{name}/batching.config
# Written once by keras_modnet, and never over what is there: change it as you need.
# Requests of one signature share a batch, those of `mixed` whatever their tasks. Measure on your own load.

# Most images of a batch.
max_batch_size {{ value: 32 }}
# How long a request waits for others, in microseconds.
batch_timeout_micros {{ value: 2000 }}
# Batches that wait; beyond them requests are refused as UNAVAILABLE.
max_enqueued_batches {{ value: 100 }}
# Batches that run at a time: about as many as there are cores, or 1 on one accelerator.
num_batch_threads {{ value: 4 }}
# Batches are filled up to one of these sizes, the last of which is max_batch_size: without them there may be any size.
allowed_batch_sizes: 1
allowed_batch_sizes: 8
allowed_batch_sizes: 32
"""


def model_name(folder):
    """Returns the name of the model on a server: that of the folder, a `Path`, as a word."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", folder.name) or "model"


def write_server_files(folder, version):
    """Writes `models.config` and `batching.config` beside the versions, each where it is missing.

    Args:
        folder: `Path` of the folder of the versions.
        version: number of a version, for examples in comments.
    """
    facts = {"name": model_name(folder), "version": version}
    for name, text in (("models.config", MODELS), ("batching.config", BATCHING)):
        if not os.path.lexists(folder / name):
            with fresh_file(folder / name) as fresh:
                fresh.write_text(text.format(**facts), encoding="utf-8")
                put_first(fresh, folder / name)
