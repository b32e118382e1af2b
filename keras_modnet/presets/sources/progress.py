"""The progress bar of a download: the one file of presets that knows Keras."""


def byte_progress(title, size):
    """Starts Keras's progress bar, counting bytes.

    Args:
        title: line above the bar.
        size: number of bytes to come, or `None` if nobody said.

    Returns:
        Function `add(count)` that moves the bar by `count` bytes.
    """
    # Imported here: who downloads nothing reads presets without Keras.
    import keras

    print(title)
    return keras.utils.Progbar(size, unit_name="byte").add
