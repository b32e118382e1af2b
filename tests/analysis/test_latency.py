import pytest

from keras_modnet.analysis import latency


class Clockwork:
    """A network that says how long each call takes: ten slow calls, then 1, 5 and 2 milliseconds."""

    input_shape = (None, 4, 6, 1)

    def __init__(self):
        self.now, self.shapes = 0.0, []
        self.durations = iter([1.0] * 10 + [0.001, 0.005, 0.002])

    def predict_on_batch(self, images):
        self.shapes.append(images.shape)
        self.now += next(self.durations)


def test_latency_is_the_median_of_one_image_calls_once_warm(monkeypatch):
    network = Clockwork()
    monkeypatch.setattr(latency.time, "perf_counter", lambda: network.now)
    assert latency.latency_ms(network, repeats=3) == pytest.approx(2.0)
    assert network.shapes == [(1, 4, 6, 1)] * 13
