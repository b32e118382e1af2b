"""A new task on a bank: what trains, from where, by which search."""
