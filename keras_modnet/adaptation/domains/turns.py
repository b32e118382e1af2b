"""Which ordering each batch of a domain runs through, so that orderings travel: pure functions of a seed."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Turn:
    """One batch to come.

    Attributes:
        domains: names of the domains whose images it holds, in equal parts.
        blocks: the block of each step that it runs through.
    """

    domains: tuple[str, ...]
    blocks: tuple[int, ...]


def turns_through_routes(orderings, pooled, count, travel, seed):
    """Returns `count` turns of single domains, one after the other, each through its own ordering or another.

    Args:
        orderings: `{domain: tuple of blocks}`.
        pooled: blocks of an ordering that belongs to no domain.
        count: turns.
        travel: share that runs through the ordering of another domain or the pooled one.
        seed: fixes which.
    """
    generator, turns = np.random.default_rng(seed), []
    for domain in _one_after_the_other(orderings, count):
        others = [pooled, *(blocks for name, blocks in orderings.items() if name != domain)]
        away = generator.random() < travel
        turns.append(Turn((domain,), tuple(others[generator.integers(len(others))] if away else orderings[domain])))
    return turns


def turns_through_steps(orderings, count, travel, seed):
    """Returns `count` turns of single domains, each step through the domain's own block or another domain's.

    Args:
        orderings: `{domain: tuple of blocks}`, equally many.
        count: turns.
        travel: share of the steps that run another domain's block of the same step.
        seed: fixes which.
    """
    generator, turns = np.random.default_rng(seed), []
    for domain in _one_after_the_other(orderings, count):
        blocks = list(orderings[domain])
        others = [own for name, own in orderings.items() if name != domain]
        away = generator.random(len(blocks)) < travel
        for step in np.flatnonzero(away) if others else ():
            blocks[step] = others[generator.integers(len(others))][step]
        turns.append(Turn((domain,), tuple(blocks)))
    return turns


def _one_after_the_other(orderings, count):
    domains = tuple(orderings)
    return (domains[number % len(domains)] for number in range(count))
