import keras
import numpy as np
import pytest

PARTS = {"whole": ("norm", "head", "bank", "stem"), "part": ("norm", "head")}


class Rates(keras.callbacks.Callback):
    """Notes the learning rate of each step."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Eight steps, two of them the rise; the second epoch begins at (1 + cos(pi / 4)) / 2, and so on.
        ("whole", [0.5, 1.0, 0.853553, 0.853553, 0.5, 0.5, 0.146447, 0.146447]),
        ("part", [1.0, 1.0, 0.853553, 0.853553, 0.5, 0.5, 0.146447, 0.146447]),
    ],
)
def test_the_rate_rises_for_a_quarter_of_the_steps_where_the_bank_trains_and_falls_from_epoch_to_epoch(
    model, data, adapt, parts, expected
):
    rates = Rates()
    adapt(model, data, parts=PARTS[parts], epochs=4, learning_rate=1e-3, callbacks=[rates])
    np.testing.assert_allclose(rates.seen, 1e-3 * np.array(expected), rtol=1e-5)


def test_where_nobody_knows_the_number_of_batches_the_rate_does_not_rise(model, data, adapt):
    class Batches:
        """Two batches, which say nothing of their number."""

        def __iter__(self):
            for start in (0, 8):
                yield tuple(values[start : start + 8] for values in data)

    rates = Rates()
    adapt(model, Batches(), parts=PARTS["whole"], epochs=1, learning_rate=1e-3, callbacks=[rates])
    np.testing.assert_allclose(rates.seen, 1e-3, rtol=1e-6)
