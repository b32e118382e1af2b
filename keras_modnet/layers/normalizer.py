"""The way of one batch through the norms of a task: what normalizes each step, and the statistics on the way."""

from keras import ops

from keras_modnet.layers import norms as maths


class Normalizer:
    """One pass over all steps: reads every variable once, gathers the statistics, writes them once.

    Args:
        layer: the `StepNorms`.
        live: whether statistics of the batch are used and gathered.

    Attributes:
        rows: `{"place/scale": (num_steps, channels), ...}`, the layer's values at the beginning.
    """

    def __init__(self, layer, live):
        self.layer, self.live = layer, live
        self.rows = {name: ops.convert_to_tensor(v) for name, v in layer.variables_by_name().items()}
        self._steps, self._statistics = None, None

    def step(self, index):
        """Returns the `StepNormalizer` of one step, the same one at every call."""
        if self._steps is None:
            parts = {name: ops.unstack(value, self.layer.num_steps) for name, value in self.rows.items()}
            rows = ({name: values[step] for name, values in parts.items()} for step in range(self.layer.num_steps))
            self._steps = [self.for_row(row) for row in rows]
        return self._steps[index]

    def for_row(self, row):
        """Returns a `StepNormalizer` for `{"place/scale": (channels,), ...}`, a row of `rows`."""
        return StepNormalizer(self.layer, self.live, row)

    def fresh(self):
        """Returns a fresh pass over the same norms."""
        return Normalizer(self.layer, self.live)

    def take(self, statistics):
        """Takes over what `statistics` of another pass returned, in place of what this one gathered."""
        self._statistics = statistics

    def statistics(self):
        """Returns `{"place/mean": (num_steps, channels), "place/variance": ...}` of this pass; empty if not live."""
        if self._statistics is None:
            steps = [step.statistics() for step in self._steps or ()]
            self._statistics = {name: ops.stack([step[name] for step in steps]) for name in (steps[0] if steps else ())}
        return self._statistics

    def finish(self):
        """Moves the layer's statistics towards those of this pass."""
        variables, momentum = self.layer.variables_by_name(), self.layer.momentum
        for name, new in self.statistics().items():
            old = ops.convert_to_tensor(variables[name])
            variables[name].assign(momentum * old + (1.0 - momentum) * ops.stop_gradient(new))


class StepNormalizer:
    """The norms of one step in one pass.

    Args:
        layer: the `StepNorms`: kind of norm, epsilon, places.
        live: whether statistics of the batch are used and gathered.
        row: `{"place/scale": (channels,), "place/offset": ..., "place/mean": ..., "place/variance": ...}`.

    Attributes:
        places: names of the places that it normalizes.
    """

    def __init__(self, layer, live, row):
        self.layer, self.live, self.row = layer, live, row
        self.places = tuple(layer.places)
        self.gathered = {}

    def apply(self, place, x, weights):
        """Normalizes the features of one place.

        Args:
            place: name of the place.
            x: `(batch, height, width, channels)`, or features of several blocks side by side along the channels.
            weights: `(num_blocks,)` of the step's ordering where there are several: the statistics are those of the
                mixture, so that a hard ordering gathers the statistics of the block that it chose.

        Returns:
            Features of the same shape.
        """
        scale, offset = self.row[f"{place}/scale"], self.row[f"{place}/offset"]
        epsilon, blocks = self.layer.epsilons.get(place, self.layer.epsilon), x.shape[-1] // scale.shape[0]
        if self.layer.has_statistics(place):
            values = [*self._moments(place, x, blocks, weights), scale, offset]
            return maths.normalize(x, *(_for_all(value, blocks) for value in values), epsilon)
        in_groups = self.layer.norm == "group" and place not in self.layer.epsilons
        function = maths.group_norm if in_groups else maths.layer_norm
        if blocks == 1:
            return function(x, scale, offset, epsilon)
        parts = [function(part, scale, offset, epsilon) for part in ops.split(x, blocks, axis=-1)]
        return ops.concatenate(parts, axis=-1)

    def _moments(self, place, x, blocks, weights):
        if not self.live:
            return self.row[f"{place}/mean"], self.row[f"{place}/variance"]
        mean, variance = maths.batch_moments(x, self.layer.synchronized)
        if blocks > 1:
            mean, variance = maths.mixture_moments(
                ops.reshape(mean, (blocks, -1)), ops.reshape(variance, (blocks, -1)), weights
            )
        self.gathered |= {f"{place}/mean": mean, f"{place}/variance": variance}
        return mean, variance

    def statistics(self):
        """Returns `{"place/mean": (channels,), "place/variance": ...}` of the batch; empty if not live.

        A place that did not run keeps what it had.
        """
        places = [place for place in self.layer.places if self.layer.has_statistics(place)]
        names = [f"{place}/{name}" for place in places for name in ("mean", "variance")]
        return {name: self.gathered.get(name, self.row[name]) for name in names} if self.live else {}


def _for_all(values, blocks):
    return values if blocks == 1 else ops.tile(values, blocks)
