"""The tests of the SavedModel run on the TensorFlow backend; one of them exports from JAX in a process of its own."""

import keras

collect_ignore = [] if keras.backend.backend() == "tensorflow" else ["test_saved_model.py"]
