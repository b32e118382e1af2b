"""On a backend other than TensorFlow, the tests that need it, or what brings it, are not collected."""

import keras

NEED_TENSORFLOW = [
    "test_data_bad_images.py",
    "test_data_keras_cv.py",
    "test_data_ocr_letters.py",
    "test_data_pacs.py",
    "test_data_streams.py",
    "test_data_tf_batches.py",
    "test_data_tfds.py",
    "test_data_tiny_imagenet.py",
]
collect_ignore = [] if keras.backend.backend() == "tensorflow" else NEED_TENSORFLOW
