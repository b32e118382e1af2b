"""What the tests of the pages share."""

import keras

# Guides run on TensorFlow, whose log has the warnings that Python's does not show.
collect_ignore = [] if keras.backend.backend() == "tensorflow" else ["test_short_pages.py", "test_troubleshooting.py"]
