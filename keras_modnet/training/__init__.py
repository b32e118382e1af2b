"""Library code for training: schedules, callbacks, statistics."""
