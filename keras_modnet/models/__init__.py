"""The model and its value objects."""
