"""What a result was made on, and by which code."""

import importlib
import os
import platform

import keras
import numpy as np

import keras_modnet


def machine():
    """Returns versions and hardware, as far as they bear on a result."""
    backend = keras.backend.backend()
    return {
        "processor": platform.machine(),
        "cpu_count": os.cpu_count(),
        "python": platform.python_version(),
        "backend": backend,
        "versions": {
            "keras_modnet": keras_modnet.__version__,
            "keras": keras.version(),
            backend: importlib.import_module(backend).__version__,
            "numpy": np.__version__,
        },
    }
