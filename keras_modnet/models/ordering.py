"""The ordering as a small value object: which block runs at which step."""

import dataclasses
import numbers

import numpy as np

from keras_modnet.checks import expect, expect_count


@dataclasses.dataclass(frozen=True, eq=False)
class Ordering:
    """An ordering: weights over the blocks of every step.

    It is hard where each step runs one block; soft where it is not decided yet, and then the block with the largest
    weight runs; or a mixture, which runs as it is: the kernels of each step are those of the blocks, mixed by its row.

    Editing returns a new ordering and changes none. Each step remembers in `norm_steps` from which step of the ordering
    before the edits its norms come, so that `ModNet.set_ordering` can let the norms of a (task, step) follow:

    - `repeat(step)`: the new steps get copies of the repeated step's norms;
    - `insert(step, block)`: the new step gets a copy of the norms of the step that it is put in front of (at the end,
      of the last step);
    - `remove(step)`: the step's norms go with it;
    - `swap(a, b)`: each norm stays with its block, so norms change places too.

    Args:
        weights: `(num_steps, num_blocks)`, rows sum to one; not negative but in a mixture.
        norm_steps: for each step the index of the step whose norms it takes over; default the step itself.
        mixed: whether this is a mixture.

    Raises:
        ValueError: weights of another rank, without steps, or with rows that do not sum to one.

    Reference:
        Mixtures: Savarese & Maire 2019, "Learning implicitly recurrent CNNs through parameter sharing", arXiv
        1902.09701.
    """

    weights: np.ndarray
    norm_steps: tuple[int, ...] = ()
    mixed: bool = False

    def __post_init__(self):
        """Checks the weights and makes them read-only."""
        # Adding zero turns -0.0 into 0.0, so that equal orderings have equal bytes and hashes.
        weights = np.array(self.weights, "float32") + np.float32(0)
        expect(weights.ndim == 2 and weights.size, "weights", "of shape (num_steps, num_blocks)", weights.shape)
        sums = weights.sum(axis=-1)
        valid = bool((self.mixed or np.all(weights >= 0)) and np.allclose(sums, 1, atol=1e-4))
        expect(valid, "weights", f"rows of numbers {'' if self.mixed else 'from 0 '}that sum to one", weights.tolist())
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)
        steps = tuple(self.norm_steps) or tuple(range(len(weights)))
        expect(len(steps) == len(weights), "norm_steps", f"one index for each of {len(weights)} steps", steps)
        object.__setattr__(self, "norm_steps", steps)

    @classmethod
    def from_blocks(cls, blocks, num_blocks):
        """Makes a hard ordering.

        Args:
            blocks: the block of each step, integers from 0 to num_blocks - 1, at least one.
            num_blocks: the blocks of the bank.

        Raises:
            ValueError: no steps, or a block that the bank lacks.
        """
        blocks = list(blocks)
        expect(len(blocks) > 0, "blocks", "at least one step", blocks)
        expect_count("num_blocks", num_blocks)
        for block in blocks:
            expect_block(block, num_blocks)
        return cls(np.eye(num_blocks, dtype="float32")[[int(block) for block in blocks]])

    @property
    def blocks(self):
        """The block of each step, `(num_steps,)` integers: where the row is not one-hot, that of the largest weight."""
        return tuple(int(block) for block in self.weights.argmax(axis=-1))

    @property
    def num_steps(self):
        """Number of steps."""
        return self.weights.shape[0]

    @property
    def num_blocks(self):
        """Number of blocks of the bank."""
        return self.weights.shape[1]

    @property
    def is_hard(self):
        """Whether every step runs one block."""
        return not self.mixed and bool(np.all(self.weights.max(axis=-1) == 1.0))

    @property
    def shares(self):
        """Shares of the absolute weights in their sum, `(num_steps, num_blocks)`: the weights but for negative ones."""
        absolute = np.abs(self.weights)
        return absolute / absolute.sum(axis=-1, keepdims=True)

    @property
    def entropy(self):
        """Entropy of each step's `shares` in nats, `(num_steps,)`; zero where a step runs one block."""
        logs = np.log(np.where(self.shares > 0, self.shares, 1.0))
        return -np.sum(self.shares * logs, axis=-1) + 0.0

    def hard(self):
        """Returns the hard ordering of the largest weights; norms stay."""
        return Ordering(np.eye(self.num_blocks, dtype="float32")[list(self.blocks)], self.norm_steps)

    def as_run(self):
        """Returns what a task with this ordering runs: a mixture as it is, else the hard ordering."""
        return self if self.mixed else self.hard()

    def repeat(self, step, times=2):
        """Returns the ordering in which a step runs `times` times in a row.

        Args:
            step: index from 0.
            times: how often the step runs in all, at least 1; 2 adds one step.
        """
        self._expect_step("step", step)
        expect_count("times", times)
        return self._taking([*range(step), *[step] * times, *range(step + 1, self.num_steps)])

    def insert(self, step, block):
        """Returns the ordering with one more step, that runs `block` in front of `step`.

        Args:
            step: index from 0; `num_steps` puts it at the end.
            block: block of the bank.
        """
        self._expect_step("step", step, last=self.num_steps)
        expect_block(block, self.num_blocks)
        longer = self._taking([*range(step), min(step, self.num_steps - 1), *range(step, self.num_steps)])
        weights = longer.weights.copy()
        weights[step] = np.eye(self.num_blocks)[block]
        return dataclasses.replace(longer, weights=weights)

    def remove(self, step):
        """Returns the ordering without a step; the last one cannot be removed."""
        self._expect_step("step", step)
        expect(self.num_steps > 1, "step", "a step of an ordering with at least two", step)
        return self._taking([index for index in range(self.num_steps) if index != step])

    def swap(self, a, b):
        """Returns the ordering in which steps `a` and `b` have changed places, norms included."""
        self._expect_step("a", a)
        self._expect_step("b", b)
        order = list(range(self.num_steps))
        order[a], order[b] = order[b], order[a]
        return self._taking(order)

    def _taking(self, steps):
        return Ordering(self.weights[steps], tuple(self.norm_steps[step] for step in steps), self.mixed)

    def _expect_step(self, argument, step, last=None):
        last = self.num_steps - 1 if last is None else last
        valid = isinstance(step, numbers.Integral) and not isinstance(step, bool) and 0 <= step <= last
        expect(valid, argument, f"a step from 0 to {last}", step)

    def __eq__(self, other):
        """Orderings are equal when they run equal weights; where norms come from does not count."""
        same = isinstance(other, Ordering) and self.mixed == other.mixed
        return same and np.array_equal(self.weights, other.weights)

    def __hash__(self):
        """Hash of the weights."""
        return hash((self.weights.shape, self.weights.tobytes()))

    def __repr__(self):
        """Blocks of the steps, and how soft the rows are."""
        kind = "mixture" if self.mixed else "soft"
        softness = "hard" if self.is_hard else f"{kind}, mean entropy {self.entropy.mean():.2f} nats"
        return f"Ordering({' '.join(map(str, self.blocks))}; {self.num_blocks} blocks, {softness})"


def expect_block(block, num_blocks):
    """Raises `ValueError` unless `block` is a block of a bank of `num_blocks`."""
    valid = isinstance(block, numbers.Integral) and not isinstance(block, bool) and 0 <= block < num_blocks
    expect(valid, "block", f"a block of the bank, from 0 to {num_blocks - 1}", block)


def as_ordering(ordering, num_blocks):
    """Returns an `Ordering` for a bank of `num_blocks` from one or from a list of block indices."""
    if not isinstance(ordering, Ordering):
        return Ordering.from_blocks(ordering, num_blocks)
    expect(ordering.num_blocks == num_blocks, "ordering", f"for a bank of {num_blocks} blocks", ordering)
    return ordering
