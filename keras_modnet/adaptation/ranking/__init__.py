"""Which task, or which preset, a new task should start from."""
