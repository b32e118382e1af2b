"""The norms of one task: for every step and every place in a block its own scale, offset and statistics."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.normalizer import Normalizer
from keras_modnet.layers.replicas import in_tf_strategy
from keras_modnet.layers.values import value_of

NORMS = ("batch", "group", "layer")


@keras.saving.register_keras_serializable(package="keras_modnet")
class StepNorms(keras.layers.Layer):
    """Norms that belong to the (task, step): variables are stacked, `(num_steps, channels)` for each place.

    Statistics of a block that runs several times differ from step to step, so they must not be shared between steps.

    Args:
        num_steps: steps, the rows of every variable.
        places: `{name: channels}` of the places in a block that are normalized; may be empty.
        norm: `"batch"` (moving statistics), `"group"` (`gcd(channels / 2, 8)` groups) or `"layer"` (over channels).
        momentum: share of the old moving statistics that an update keeps; used by "batch".
        epsilon: added to the variance.
        epsilons: `{place: epsilon}` of places that are layer norms whatever `norm` says, as blocks carry them; default
            none.

    Call arguments:
        x: `(batch, height, width, channels)`.
        place: name of the place; default the first.
        step: index of the step; default 0.
        training: whether "batch" uses and gathers statistics of the batch.

    Raises:
        ValueError: an unknown norm or a count under one.

    Reference:
        Ioffe & Szegedy 2015; Wu & He 2018; Ba et al. 2016. Norms of each layer over shared kernels: Savarese & Maire
        2019.
    """

    def __init__(self, num_steps, places, norm="batch", momentum=0.9, epsilon=1e-3, epsilons=None, **kwargs):
        super().__init__(**kwargs)
        expect_count("num_steps", num_steps)
        expect_one_of("norm", norm, NORMS)
        self.num_steps, self.places, self.norm = num_steps, dict(places), norm
        self.momentum, self.epsilon, self.epsilons = momentum, epsilon, dict(epsilons or {})
        known = set(self.epsilons) <= set(self.places)
        expect(known, "epsilons", f"some of the places {sorted(self.places)}", sorted(self.epsilons))
        self._statistics_follow = self._affine_trains = True

    def build(self, input_shape=None):
        """Makes scale, offset and, for "batch", the moving statistics of every place."""
        self.synchronized = self.norm == "batch" and in_tf_strategy()
        self._variables_of = {}
        for place, channels in self.places.items():
            shape = (self.num_steps, channels)
            own = {
                "scale": self._add(place, "scale", shape, "ones", trainable=True),
                "offset": self._add(place, "offset", shape, "zeros", trainable=True),
            }
            if self.has_statistics(place):
                own["mean"] = self._add(place, "mean", shape, "zeros", trainable=False)
                own["variance"] = self._add(place, "variance", shape, "ones", trainable=False)
            self._variables_of[place] = own

    def _add(self, place, name, shape, initializer, trainable):
        return self.add_weight(
            shape=shape,
            initializer=Initial(initializer),
            dtype="float32",
            autocast=False,
            trainable=trainable,
            name=f"{place}_{name}",
            aggregation="mean",
        )

    def call(self, x, place=None, step=0, training=None):
        """Normalizes at one place of one step."""
        normalizer = self.begin(training)
        place = next(iter(self.places)) if place is None else place
        y = normalizer.step(step).apply(place, x, None)
        normalizer.finish()
        return y

    def has_statistics(self, place):
        """Returns whether a place has moving statistics."""
        return self.norm == "batch" and place not in self.epsilons

    def configure(self, affine, statistics):
        """Says what follows the training data.

        Args:
            affine: whether scales and offsets train.
            statistics: whether "batch" uses statistics of the batch in training and gathers them.
        """
        self.trainable = True
        self._statistics_follow, self._affine_trains = statistics, affine
        for own in self._variables_of.values():
            own["scale"].trainable = own["offset"].trainable = affine

    @property
    def affine_trains(self):
        """Whether scales and offsets train, or would if there were any."""
        affine = [own[name].trainable for own in self._variables_of.values() for name in ("scale", "offset")]
        return self.trainable and (all(affine) if affine else self._affine_trains)

    @property
    def live_statistics(self):
        """Whether training uses and gathers statistics of the batch, as far as the norm has any."""
        return self.trainable and self._statistics_follow

    def begin(self, training):
        """Returns a `Normalizer` for one pass over all steps."""
        return Normalizer(self, live=bool(training) and self.live_statistics and self.norm == "batch")

    def measure(self):
        """Returns a `Normalizer` that uses and gathers statistics of the batch whatever trains, and writes none."""
        return Normalizer(self, live=self.norm == "batch")

    def variables_by_name(self):
        """Returns `{"place/scale": variable, ...}`, stable names in a stable order."""
        return {f"{place}/{name}": v for place, own in self._variables_of.items() for name, v in own.items()}

    def take_steps(self, steps):
        """Returns `{"place/scale": array}` with the rows of the given steps, as new arrays.

        Args:
            steps: indices of rows; one may occur more than once.
        """
        arrays = {name: value_of(variable) for name, variable in self.variables_by_name().items()}
        return {name: np.take(array, list(steps), axis=0) for name, array in arrays.items()}

    def assign_rows(self, arrays):
        """Takes values over that `take_steps` gave."""
        for name, variable in self.variables_by_name().items():
            variable.assign(arrays[name])

    def compute_output_shape(self, x_shape):
        """Returns the shape of the features."""
        return x_shape

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_steps": self.num_steps,
            "places": dict(self.places),
            "norm": self.norm,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "epsilons": dict(self.epsilons),
        }
