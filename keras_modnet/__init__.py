"""Modular networks for Keras 3: one bank of blocks, a learned ordering for every task."""
