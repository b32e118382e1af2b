"""What is an order worth to a domain without labels, on a published bank that knows the world?

Example:
    python -m benchmarks.published_domains --data_dir=DIR --only=pacs

The bank is that of `benchmarks.published`, at 98 pixels; see there for what it needs. One domain of a set is left out.
A head is fitted in closed form to a few images of the others; images of the domain that is left out are there, its
labels only to measure, and for the rows that say "oracle". Blocks, stem and, but for two rows, norms are as published.

Orders are one edit away from the published one: its last steps left out, a step repeated or removed. Every one of them
is given a head of its own, fitted to the same images of the sources, and is judged in several ways that need no label
of the target. How far each way follows the accuracy on the target is part of the result: a rank correlation over the
orders, for which labels are looked at afterwards. `--only` takes sets.
"""
