"""How does the cost of training grow with devices? Counted bytes and multiply-adds; two processes measured.

Example:
    python -m benchmarks.scale

Replicas send each other the gradients of a step. Those of a bank are as large as the bank, however many steps run its
blocks; those of a network of as many different blocks grow with its depth. Counted for 8 to 1,024 devices; measured is
one thing only: two processes on this machine, one thread each, beside one, over the loopback address.
"""
